// Softplus: log(1 + exp(x)), in a form that neither overflows nor loses small results.
#include "ops/activation_op.h"
#include "ops/op_list.h"

namespace rondo::ops {

const OpDef& softplus() {
  static const OpDef def = activation_op<ActivationKind::softplus>(kFunction);
  return def;
}

}  // namespace rondo::ops
