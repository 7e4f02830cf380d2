// Softsign: x / (1 + |x|); the infinities give 1 and -1.
#include "ops/activation_op.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

Term slope(const Term& x, const Term&) {
  const Term size = 1.0 + apply(abs(), x);
  return 1.0 / (size * size);
}

}  // namespace

const OpDef& softsign() {
  static const OpDef def = activation_op<ActivationKind::softsign>(kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
