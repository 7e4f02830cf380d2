// HardSwish: x * max(0, min(1, x / 6 + 1 / 2)).
#include <algorithm>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct HardSwish {
  template <class T>
  T operator()(T x) const {
    // min and max keep NaN out of the gate, the factor x keeps it in the result.
    return x * std::max(T(0), std::min(T(1), x / T(6) + T(0.5)));
  }
};

Term slope(const Term& x, const Term&) {
  const Term inner = select(apply(less(), x, 3.0), x / 3.0 + 0.5, 1.0);
  return select(apply(greater(), x, -3.0), inner, 0.0);
}

}  // namespace

const OpDef& hard_swish() {
  static const OpDef def = unary_op("HardSwish", kFloats, eval_float_unary<HardSwish>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
