// Celu: x, or alpha * (exp(x / alpha) - 1) below zero. ONNX gives it to float32 alone.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

// In double: exp would multiply the rounding of x / alpha.
void eval(const EvalContext& ctx) {
  const double alpha = static_cast<double>(ctx.real("alpha"));
  apply_unary<float>(ctx, [alpha](float x) {
    return x < 0 ? static_cast<float>(alpha * std::expm1(static_cast<double>(x) / alpha)) : x;
  });
}

Term slope(const Term& x, const Term&) {
  const double alpha = x.context().real("alpha");
  return select(apply(greater(), x, 0.0), 1.0, apply(exp(), x / alpha));
}

OpDef declared() {
  OpDef def = unary_op("Celu", {DType::float32}, eval, kFunction, derivative<slope>);
  def.attributes = {attr("alpha", 1.0f)};
  return def;
}

}  // namespace

const OpDef& celu() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
