// InstanceNormalization: each channel of each member of the batch is brought to mean 0 and variance 1, then scaled and
// shifted by the numbers of its channel.
#include "ops/normalization.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  checked_channels(ctx, 1, 3);
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) { normalize_channels(ctx, ctx.inputs[0].shape[1]); }

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0);
  const Standardized standardized(x, axes_between(2, x.rank()), ctx.real("epsilon"));
  give_to_channels(ctx, standardized.value);
  if (ctx.wants(0)) ctx.set(0, standardized.gradient(grad(ctx) * by_channel(input(ctx, 1), x.rank())).id());
}

}  // namespace

const OpDef& instance_normalization() {
  static const OpDef def{.name = "InstanceNormalization",
                         .attributes = {attr("epsilon", 1e-5f)},
                         .inputs = {{"input", "T"}, {"scale", "T"}, {"B", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
