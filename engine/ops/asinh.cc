// Asinh: the inverse of the hyperbolic sine.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Asinh {
  template <class T>
  T operator()(T x) const {
    return std::asinh(x);
  }
};

Term slope(const Term& x, const Term&) { return 1.0 / apply(sqrt(), x * x + 1.0); }

}  // namespace

const OpDef& asinh() {
  static const OpDef def = unary_op("Asinh", kFloats, eval_float_unary<Asinh>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
