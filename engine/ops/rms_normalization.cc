// RMSNormalization: the elements from an axis on are divided by the root of their mean square, then scaled. Y has the
// type of scale, which need not be that of X. The arithmetic is at least as exact as stash_type asks for.
#include "ops/broadcast.h"
#include "ops/normalization.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  checked_stash_type(ctx, kFloats);
  if (ctx.ranked(0)) checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0));
  check_broadcasts_to(ctx, 1, 0);
  ctx.set(0, ctx.dtype(1), ctx.type(0).shape);
}

void eval(const EvalContext& ctx) {
  const double epsilon = static_cast<double>(ctx.real("epsilon"));
  const GroupWalk walk(ctx.inputs[0].shape, trailing_axes(ctx),
                       {dense_strides(ctx.inputs[0].shape), strides_along_x(ctx, 1), Dims{}});
  with_float(ctx.inputs[0].dtype, [&]<class X>(TypeTag<X>) {
    with_float(ctx.outputs[0].dtype, [&]<class Y>(TypeTag<Y>) {
      const Normalization<X, Y> n{ctx.inputs[0].as<X>(), ctx.inputs[1].as<Y>(), nullptr, ctx.outputs[0].as<Y>()};
      n.run(walk, [&](const Group<X>& group, std::int64_t) {
        return Normalizer{0, inverse_root(group.mean_square(0), epsilon)};
      });
    });
  });
}

void gradient(GradientContext& ctx) {
  const Term scale = input(ctx, 1), g = grad(ctx), x = as_type(input(ctx, 0), scale.dtype());
  const std::int64_t rank = x.rank();
  const std::vector<std::int64_t> axes = axes_between(resolved_axis(ctx.integer("axis"), rank), rank);
  const Term factor = 1.0 / apply(sqrt(), mean_over(x * x, axes) + ctx.real("epsilon")), value = x * factor;
  if (ctx.wants(1)) give(ctx, 1, g * value);
  if (!ctx.wants(0)) return;
  const Term scaled = g * scale;
  ctx.set(0, as_type(factor * (scaled - value * mean_over(scaled * value, axes)), input(ctx, 0).dtype()).id());
}

}  // namespace

const OpDef& rms_normalization() {
  static const OpDef def{.name = "RMSNormalization",
                         .attributes = {attr("axis", -1), attr("epsilon", 1e-5f), attr("stash_type", 1)},
                         .inputs = {{"X", "T"}, {"scale", "V"}},
                         .outputs = {{"Y", "V"}},
                         .types = {{"T", kFloats}, {"V", kFloats}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
