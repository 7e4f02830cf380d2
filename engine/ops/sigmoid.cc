// Sigmoid: 1 / (1 + exp(-x)), in the form whose exponential never overflows.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sigmoid {
  template <class T>
  T operator()(T x) const {
    const T e = std::exp(-std::abs(x));
    return (x < T(0) ? e : T(1)) / (T(1) + e);
  }
};

Term slope(const Term&, const Term& y) { return y * (1.0 - y); }

}  // namespace

const OpDef& sigmoid() {
  static const OpDef def = unary_op("Sigmoid", kFloats, eval_float_unary<Sigmoid>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
