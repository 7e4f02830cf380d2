// Sin: the sine of radians.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sin {
  template <class T>
  T operator()(T x) const {
    return std::sin(x);
  }
};

Term slope(const Term& x, const Term&) { return apply(cos(), x); }

}  // namespace

const OpDef& sin() {
  static const OpDef def = unary_op("Sin", kFloats, eval_float_unary<Sin>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
