// LeakyRelu: x, or alpha * x below zero.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const T alpha = static_cast<T>(ctx.real("alpha"));
    apply_unary<T>(ctx, [alpha](T x) { return x < T(0) ? alpha * x : x; });
  });
}

Term slope(const Term& x, const Term&) {
  return select(apply(greater(), x, 0.0), 1.0, x.number(x.context().real("alpha")));
}

OpDef declared() {
  OpDef def = unary_op("LeakyRelu", kFloats, eval, kRounded, derivative<slope>);
  def.attributes = {attr("alpha", 0.01f)};
  return def;
}

}  // namespace

const OpDef& leaky_relu() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
