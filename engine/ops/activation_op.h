// Elementwise operators that are also activations of the recurrent layers: name, attributes and formula come from the
// one table in recurrent_activation.h.
#pragma once

#include "ops/recurrent_activation.h"
#include "ops/unary.h"

namespace rondo::ops {

template <ActivationKind K>
void eval_activation(const EvalContext& ctx) {
  const auto parameter = [&](const char* name, bool used) { return used ? static_cast<double>(ctx.real(name)) : 0.0; };
  const ActivationDef& def = def_of(K);
  const Activation f{K, parameter("alpha", def.alpha.has_value()), parameter("beta", def.beta.has_value())};
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { apply_unary<T>(ctx, [&f](T x) { return apply(f, x); }); });
}

template <ActivationKind K>
OpDef activation_op(Tolerance tolerance, void (*gradient)(GradientContext&)) {
  const ActivationDef& def = def_of(K);
  OpDef op = unary_op(std::string(def.name), kFloats, eval_activation<K>, tolerance, gradient);
  if (def.alpha) op.attributes.push_back(attr("alpha", static_cast<float>(*def.alpha)));
  if (def.beta) op.attributes.push_back(attr("beta", static_cast<float>(*def.beta)));
  return op;
}

}  // namespace rondo::ops
