// Atanh: the inverse of the hyperbolic tangent; NaN outside [-1, 1].
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Atanh {
  template <class T>
  T operator()(T x) const {
    return std::atanh(x);
  }
};

Term slope(const Term& x, const Term&) { return 1.0 / (1.0 - x * x); }

}  // namespace

const OpDef& atanh() {
  static const OpDef def = unary_op("Atanh", kFloats, eval_float_unary<Atanh>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
