// HardSigmoid: max(0, min(1, alpha * x + beta)). NaN stays NaN.
#include "ops/activation_op.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

// At the kinks the slope is 0.
Term slope(const Term& x, const Term& y) {
  const double alpha = x.context().real("alpha");
  const Term inside = apply(logical_and(), apply(greater(), y, 0.0), apply(less(), y, 1.0));
  return select(inside, alpha, x.number(0));
}

}  // namespace

const OpDef& hard_sigmoid() {
  static const OpDef def = activation_op<ActivationKind::hard_sigmoid>(kSaturating, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
