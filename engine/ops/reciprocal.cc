// Reciprocal: 1 / x.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Reciprocal {
  template <class T>
  T operator()(T x) const {
    return T(1) / x;
  }
};

Term slope(const Term&, const Term& y) { return -(y * y); }

}  // namespace

const OpDef& reciprocal() {
  static const OpDef def = unary_op("Reciprocal", kFloats, eval_float_unary<Reciprocal>, kRounded, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
