// Mean: the mean of the inputs, with broadcasting.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/variadic.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    fold_inputs<T>(ctx, [](T a, T b) { return a + b; });
    const T divisor = static_cast<T>(ctx.inputs.size());
    for (std::int64_t i = 0, n = ctx.outputs[0].count(); i < n; ++i) ctx.outputs[0].as<T>()[i] /= divisor;
  });
}

void gradient(GradientContext& ctx) {
  const Term share = grad(ctx) / static_cast<double>(ctx.node().inputs.size());
  for (std::size_t i = 0; i < ctx.node().inputs.size(); ++i)
    if (ctx.wants(i)) give(ctx, i, share);
}

}  // namespace

const OpDef& mean() {
  static const OpDef def = variadic_op("Mean", kFloats, eval, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
