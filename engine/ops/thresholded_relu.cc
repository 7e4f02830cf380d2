// ThresholdedRelu: x above alpha, elsewhere 0. NaN is not above alpha. (The activation of that name in recurrent layers
// keeps x at alpha itself.)
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const T alpha = static_cast<T>(ctx.real("alpha"));
    apply_unary<T>(ctx, [alpha](T x) { return x > alpha ? x : T(0); });
  });
}

Term slope(const Term& x, const Term&) {
  return select(apply(greater(), x, x.context().real("alpha")), 1.0, x.number(0));
}

OpDef declared() {
  OpDef def = unary_op("ThresholdedRelu", kFloats, eval, kExact, derivative<slope>);
  def.attributes = {attr("alpha", 1.0f)};
  return def;
}

}  // namespace

const OpDef& thresholded_relu() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
