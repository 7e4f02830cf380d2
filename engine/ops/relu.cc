// Relu: max(x, 0); NaN stays NaN.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Relu {
  template <class T>
  T operator()(T x) const {
    return x < T(0) ? T(0) : x;
  }
};

// At 0 the slope is 0.
Term slope(const Term& x, const Term&) { return select(apply(greater(), x, 0.0), 1.0, x.number(0)); }

}  // namespace

const OpDef& relu() {
  static const OpDef def = unary_op("Relu", kFloats | kSigned, eval_unary<Relu>, kExact, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
