// Tanh: the hyperbolic tangent.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Tanh {
  template <class T>
  T operator()(T x) const {
    return std::tanh(x);
  }
};

Term slope(const Term&, const Term& y) { return 1.0 - y * y; }

}  // namespace

const OpDef& tanh() {
  static const OpDef def = unary_op("Tanh", kFloats, eval_float_unary<Tanh>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
