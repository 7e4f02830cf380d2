// Asin: the inverse of the sine, in radians; NaN outside [-1, 1].
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Asin {
  template <class T>
  T operator()(T x) const {
    return std::asin(x);
  }
};

Term slope(const Term& x, const Term&) { return 1.0 / apply(sqrt(), 1.0 - x * x); }

}  // namespace

const OpDef& asin() {
  static const OpDef def = unary_op("Asin", kFloats, eval_float_unary<Asin>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
