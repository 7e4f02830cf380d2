// LayerNormalization: the elements from an axis on are brought to mean 0 and variance 1, then scaled and shifted. Mean
// and InvStdDev, one for each group, have the type that stash_type names; the arithmetic is at least as exact.
#include <algorithm>

#include "ops/broadcast.h"
#include "ops/normalization.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const DType stash = checked_stash_type(ctx, {DType::float32, DType::bfloat16});
  check_broadcasts_to(ctx, 1, 0);
  check_broadcasts_to(ctx, 2, 0);
  ctx.set(0, ctx.type(0));
  std::optional<Shape> groups;
  if (ctx.ranked(0)) {
    groups = ctx.shape(0);
    const std::int64_t axis = checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0));
    std::fill(groups->begin() + axis, groups->end(), Dim(1));
  }
  ctx.set(1, stash, groups);
  ctx.set(2, stash, std::move(groups));
}

void eval(const EvalContext& ctx) {
  const double epsilon = static_cast<double>(ctx.real("epsilon"));
  const GroupWalk walk(ctx.inputs[0].shape, trailing_axes(ctx),
                       {dense_strides(ctx.inputs[0].shape), strides_along_x(ctx, 1), strides_along_x(ctx, 2)});
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const Normalization<T, T> n{ctx.inputs[0].as<T>(), ctx.inputs[1].as<T>(), optional_input<T>(ctx, 2),
                                ctx.outputs[0].as<T>()};
    n.run(walk, [&](const Group<T>& group, std::int64_t index) {
      const Normalizer found = standardizer(group, epsilon);
      if (ctx.wants(1)) write_element(ctx.outputs[1], index, found.centre);
      if (ctx.wants(2)) write_element(ctx.outputs[2], index, found.factor);
      return found;
    });
  });
}

void gradient(GradientContext& ctx) {
  for (std::size_t k : {1, 2})
    if (grad(ctx, k).present()) throw ctx.error("its outputs Mean and InvStdDev cannot be differentiated");
  if (!grad(ctx).present()) return;
  const Term x = input(ctx, 0), g = grad(ctx);
  const std::int64_t rank = x.rank();
  const Standardized standardized(x, axes_between(resolved_axis(ctx.integer("axis"), rank), rank), ctx.real("epsilon"));
  if (ctx.wants(0)) ctx.set(0, standardized.gradient(g * input(ctx, 1)).id());
  if (ctx.wants(1)) give(ctx, 1, g * standardized.value);
  if (ctx.wants(2)) give(ctx, 2, g);
}

}  // namespace

const OpDef& layer_normalization() {
  static const OpDef def{
      .name = "LayerNormalization",
      .attributes = {attr("axis", -1), attr("epsilon", 1e-5f), attr("stash_type", 1)},
      .inputs = {{"X", "T"}, {"Scale", "T"}, {"B", "T", Presence::optional}},
      .outputs = {{"Y", "T"}, {"Mean", "U", Presence::optional}, {"InvStdDev", "U", Presence::optional}},
      .types = {{"T", kFloats}, {"U", {DType::float32, DType::bfloat16}}},
      .infer = infer,
      .eval = eval,
      .tolerance = kAccumulated,
      .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
