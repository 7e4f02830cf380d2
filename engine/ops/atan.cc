// Atan: the inverse of the tangent, in radians.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Atan {
  template <class T>
  T operator()(T x) const {
    return std::atan(x);
  }
};

Term slope(const Term& x, const Term&) { return 1.0 / (1.0 + x * x); }

}  // namespace

const OpDef& atan() {
  static const OpDef def = unary_op("Atan", kFloats, eval_float_unary<Atan>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
