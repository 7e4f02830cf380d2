// Sinh: the hyperbolic sine.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sinh {
  template <class T>
  T operator()(T x) const {
    return std::sinh(x);
  }
};

Term slope(const Term& x, const Term&) { return apply(cosh(), x); }

}  // namespace

const OpDef& sinh() {
  static const OpDef def = unary_op("Sinh", kFloats, eval_float_unary<Sinh>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
