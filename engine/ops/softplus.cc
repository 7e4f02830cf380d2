// Softplus: log(1 + exp(x)), in a form that neither overflows nor loses small results.
#include "ops/activation_op.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

Term slope(const Term& x, const Term&) { return apply(sigmoid(), x); }

}  // namespace

const OpDef& softplus() {
  static const OpDef def = activation_op<ActivationKind::softplus>(kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
