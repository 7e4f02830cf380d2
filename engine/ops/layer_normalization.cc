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

// What the gradients of Mean and InvStdDev, one for each group, make for X. With n elements in a group the slopes are
// 1 / n and, from InvStdDev = (mean square + epsilon)^(-1/2), -InvStdDev^2 * value / n.
Term statistics_gradient(GradientContext& ctx, const Standardized& standardized) {
  const Term x = input(ctx, 0), by_mean = grad(ctx, 1), by_deviation = grad(ctx, 2);
  Term total = zeros_like(x);
  if (by_mean.present()) total = total + as_type(by_mean, x.dtype());
  if (by_deviation.present())
    total = total - as_type(by_deviation, x.dtype()) * standardized.factor * standardized.factor * standardized.value;
  return total * (count_of(standardized.factor, x.dtype()) / count_of(x, x.dtype()));
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), g = grad(ctx);
  const std::int64_t rank = x.rank();
  const Standardized standardized(x, axes_between(resolved_axis(ctx.integer("axis"), rank), rank), ctx.real("epsilon"));
  const bool reads_statistics = grad(ctx, 1).present() || grad(ctx, 2).present();
  if (ctx.wants(0)) {
    Term by_x = g.present() ? standardized.gradient(g * input(ctx, 1)) : statistics_gradient(ctx, standardized);
    if (g.present() && reads_statistics) by_x = by_x + statistics_gradient(ctx, standardized);
    ctx.set(0, by_x.id());
  }
  if (!g.present()) return;
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
