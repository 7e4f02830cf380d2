// Cosh: the hyperbolic cosine.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Cosh {
  template <class T>
  T operator()(T x) const {
    return std::cosh(x);
  }
};

Term slope(const Term& x, const Term&) { return apply(sinh(), x); }

}  // namespace

const OpDef& cosh() {
  static const OpDef def = unary_op("Cosh", kFloats, eval_float_unary<Cosh>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
