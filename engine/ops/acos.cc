// Acos: the inverse of the cosine, in radians; NaN outside [-1, 1].
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Acos {
  template <class T>
  T operator()(T x) const {
    return std::acos(x);
  }
};

Term slope(const Term& x, const Term&) { return -1.0 / apply(sqrt(), 1.0 - x * x); }

}  // namespace

const OpDef& acos() {
  static const OpDef def = unary_op("Acos", kFloats, eval_float_unary<Acos>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
