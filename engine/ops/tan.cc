// Tan: the tangent of radians.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Tan {
  template <class T>
  T operator()(T x) const {
    return std::tan(x);
  }
};

Term slope(const Term&, const Term& y) { return 1.0 + y * y; }

}  // namespace

const OpDef& tan() {
  static const OpDef def = unary_op("Tan", kFloats, eval_float_unary<Tan>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
