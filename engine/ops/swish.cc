// Swish: x * sigmoid(alpha * x).
#include "ops/op_list.h"
#include "ops/recurrent_activation.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

// In double: exp would multiply the rounding of alpha * x.
void eval(const EvalContext& ctx) {
  const double alpha = static_cast<double>(ctx.real("alpha"));
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    apply_unary<T>(ctx, [alpha](T x) {
      const double v = static_cast<double>(x);
      return static_cast<T>(v * apply({ActivationKind::sigmoid}, alpha * v));
    });
  });
}

Term slope(const Term& x, const Term&) {
  const double alpha = x.context().real("alpha");
  const Term s = apply(sigmoid(), alpha * x);
  return s + alpha * x * s * (1.0 - s);
}

OpDef declared() {
  OpDef def = unary_op("Swish", kFloats, eval, kFunction, derivative<slope>);
  def.attributes = {attr("alpha", 1.0f)};
  return def;
}

}  // namespace

const OpDef& swish() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
