// Cos: the cosine of radians.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Cos {
  template <class T>
  T operator()(T x) const {
    return std::cos(x);
  }
};

Term slope(const Term& x, const Term&) { return -apply(sin(), x); }

}  // namespace

const OpDef& cos() {
  static const OpDef def = unary_op("Cos", kFloats, eval_float_unary<Cos>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
