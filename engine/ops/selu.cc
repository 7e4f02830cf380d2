// Selu: gamma * x, or gamma * alpha * (exp(x) - 1) below zero.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const T alpha = static_cast<T>(ctx.real("alpha")), gamma = static_cast<T>(ctx.real("gamma"));
    apply_unary<T>(ctx, [alpha, gamma](T x) { return gamma * (x < T(0) ? alpha * std::expm1(x) : x); });
  });
}

Term slope(const Term& x, const Term&) {
  const double alpha = x.context().real("alpha"), gamma = x.context().real("gamma");
  return gamma * select(apply(greater(), x, 0.0), 1.0, alpha * apply(exp(), x));
}

OpDef declared() {
  OpDef def = unary_op("Selu", kFloats, eval, kFunction, derivative<slope>);
  def.attributes = {attr("alpha", 1.67326319217681884765625f), attr("gamma", 1.05070102214813232421875f)};
  return def;
}

}  // namespace

const OpDef& selu() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
