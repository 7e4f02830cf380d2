// BatchNormalization: (X - mean) / sqrt(var + epsilon) * scale + B for each channel, dim 1 of X. With training_mode
// mean and var are those of this batch, and the running ones are moved toward them: running = input * momentum +
// current * (1 - momentum), with the population variance.
#include "ops/normalization.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kX, kScale, kB, kMean, kVar };

void infer(InferContext& ctx) {
  const bool training = ctx.integer("training_mode") != 0;
  if (!training && (ctx.wants(1) || ctx.wants(2)))
    throw ctx.attribute_error("training_mode", "running_mean and running_var need training_mode")
        .got("0")
        .expected("1");
  const Dim channels = checked_channels(ctx, kScale, kVar + 1);
  ctx.set(0, ctx.type(kX));
  ctx.set(1, ctx.dtype(kMean), Shape{channels});
  ctx.set(2, ctx.dtype(kVar), Shape{channels});
}

// Moves the running statistics and gives those of this batch.
template <class T>
Normalizer train(const EvalContext& ctx, const Group<T>& group, std::int64_t channel) {
  const double epsilon = static_cast<double>(ctx.real("epsilon")), momentum = static_cast<double>(ctx.real("momentum"));
  const double mean = group.mean(), variance = group.mean_square(mean);
  const auto move = [&](std::size_t output, std::size_t running, double current) {
    const double before = read_element(ctx.inputs[running], channel);
    if (ctx.wants(output)) write_element(ctx.outputs[output], channel, before * momentum + current * (1 - momentum));
  };
  move(1, kMean, mean);
  move(2, kVar, variance);
  return {mean, inverse_root(variance, epsilon)};
}

template <class T>
Normalizer channel_normalizer(const EvalContext& ctx, const Group<T>& group, std::int64_t channel) {
  const auto given = [&](std::size_t input) { return read_element(ctx.inputs[input], channel); };
  Normalizer n{given(kMean), inverse_root(given(kVar), static_cast<double>(ctx.real("epsilon")))};
  if (ctx.integer("training_mode") != 0) n = train(ctx, group, channel);
  return {n.centre, n.factor * given(kScale), given(kB)};
}

void eval(const EvalContext& ctx) {
  const std::span<const std::int64_t> shape = ctx.inputs[kX].shape;
  const GroupWalk walk(shape, axes_from(0, shape.size()).reset(1), {dense_strides(shape), Dims{}, Dims{}});
  with_float(ctx.inputs[kX].dtype, [&]<class T>(TypeTag<T>) {
    const Normalization<T, T> all{ctx.inputs[kX].as<T>(), nullptr, nullptr, ctx.outputs[0].as<T>()};
    all.run(walk, [&](const Group<T>& group, std::int64_t c) { return channel_normalizer(ctx, group, c); });
  });
}

// In inference form mean and var are inputs like the others. In training form they are those of X, and the running ones
// are not differentiated.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, kX), g = grad(ctx);
  for (std::size_t k : {1, 2})
    if (grad(ctx, k).present()) throw ctx.error("its running statistics cannot be differentiated");
  if (!g.present()) return;
  const std::int64_t rank = x.rank();
  const Term scaled = g * by_channel(input(ctx, kScale), rank);
  if (ctx.integer("training_mode") != 0) {
    std::vector<std::int64_t> axes = axes_between(1, rank);
    axes[0] = 0;
    const Standardized standardized(x, std::move(axes), ctx.real("epsilon"));
    give_to_channels(ctx, standardized.value);
    if (ctx.wants(kX)) ctx.set(kX, standardized.gradient(scaled).id());
    return;
  }
  const Term factor = 1.0 / apply(sqrt(), by_channel(input(ctx, kVar), rank) + ctx.real("epsilon"));
  const Term value = (x - by_channel(input(ctx, kMean), rank)) * factor, slope = scaled * factor;
  give_to_channels(ctx, value);
  if (ctx.wants(kX)) ctx.set(kX, slope.id());
  const auto total = [&](const Term& by_element) {
    std::vector<std::int64_t> axes = axes_between(1, rank);
    axes[0] = 0;
    return sum_over(by_element, std::move(axes), false);
  };
  if (ctx.wants(kMean)) ctx.set(kMean, total(-slope).id());
  if (ctx.wants(kVar)) ctx.set(kVar, total(-0.5 * (slope * value * factor)).id());
}

}  // namespace

const OpDef& batch_normalization() {
  static const OpDef def{
      .name = "BatchNormalization",
      .attributes = {attr("epsilon", 1e-5f), attr("momentum", 0.9f), attr("training_mode", 0)},
      .inputs = {{"X", "T"}, {"scale", "T1"}, {"B", "T1"}, {"input_mean", "T2"}, {"input_var", "T2"}},
      .outputs = {{"Y", "T"}, {"running_mean", "T2", Presence::optional}, {"running_var", "T2", Presence::optional}},
      .types = {{"T", kFloats}, {"T1", kFloats}, {"T2", kFloats}},
      .infer = infer,
      .eval = eval,
      .tolerance = kAccumulated,
      .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
