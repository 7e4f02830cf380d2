// Sqrt: the square root; NaN below zero.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sqrt {
  template <class T>
  T operator()(T x) const {
    return std::sqrt(x);
  }
};

Term slope(const Term&, const Term& y) { return 0.5 / y; }

}  // namespace

const OpDef& sqrt() {
  static const OpDef def = unary_op("Sqrt", kFloats, eval_float_unary<Sqrt>, kRounded, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
