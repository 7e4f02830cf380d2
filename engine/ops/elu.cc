// Elu: x, or alpha * (exp(x) - 1) below zero.
#include "ops/activation_op.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

Term slope(const Term& x, const Term&) {
  const double alpha = x.context().real("alpha");
  return select(apply(greater(), x, 0.0), 1.0, alpha * apply(exp(), x));
}

}  // namespace

const OpDef& elu() {
  static const OpDef def = activation_op<ActivationKind::elu>(kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
