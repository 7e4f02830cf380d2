// Acosh: the inverse of the hyperbolic cosine; NaN below 1.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Acosh {
  template <class T>
  T operator()(T x) const {
    return std::acosh(x);
  }
};

Term slope(const Term& x, const Term&) { return 1.0 / apply(sqrt(), x * x - 1.0); }

}  // namespace

const OpDef& acosh() {
  static const OpDef def = unary_op("Acosh", kFloats, eval_float_unary<Acosh>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
