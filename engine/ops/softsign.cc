// Softsign: x / (1 + |x|); the infinities give 1 and -1.
#include "ops/activation_op.h"
#include "ops/op_list.h"

namespace rondo::ops {

const OpDef& softsign() {
  static const OpDef def = activation_op<ActivationKind::softsign>(kFunction);
  return def;
}

}  // namespace rondo::ops
