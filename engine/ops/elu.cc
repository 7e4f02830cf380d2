// Elu: x, or alpha * (exp(x) - 1) below zero.
#include "ops/activation_op.h"
#include "ops/op_list.h"

namespace rondo::ops {

const OpDef& elu() {
  static const OpDef def = activation_op<ActivationKind::elu>(kFunction);
  return def;
}

}  // namespace rondo::ops
