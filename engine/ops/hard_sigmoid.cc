// HardSigmoid: max(0, min(1, alpha * x + beta)). NaN stays NaN.
#include "ops/activation_op.h"
#include "ops/op_list.h"

namespace rondo::ops {

const OpDef& hard_sigmoid() {
  static const OpDef def = activation_op<ActivationKind::hard_sigmoid>(kSaturating);
  return def;
}

}  // namespace rondo::ops
