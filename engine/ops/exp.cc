// Exp: e to the x.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Exp {
  template <class T>
  T operator()(T x) const {
    return std::exp(x);
  }
};

Term slope(const Term&, const Term& y) { return y; }

}  // namespace

const OpDef& exp() {
  static const OpDef def = unary_op("Exp", kFloats, eval_float_unary<Exp>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
