#include "ops/normalization.h"

#include <fmt/format.h>

#include "ops/broadcast.h"
#include "ops/dims.h"
#include "ops/op_list.h"

namespace rondo::ops {

AxisSet axes_from(std::size_t first, std::size_t rank) {
  AxisSet axes;
  for (std::size_t d = first; d < rank; ++d) axes.set(d);
  return axes;
}

AxisSet trailing_axes(const EvalContext& ctx) {
  const std::int64_t rank = ctx.inputs[0].rank();
  return axes_from(static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), rank)), static_cast<std::size_t>(rank));
}

Dims strides_along_x(const EvalContext& ctx, std::size_t i) {
  return ctx.has(i) ? broadcast_strides(ctx.inputs[i].shape, ctx.inputs[0].shape) : Dims{};
}

void normalize_channels(const EvalContext& ctx, std::int64_t groups) {
  const double epsilon = static_cast<double>(ctx.real("epsilon"));
  const std::span<const std::int64_t> shape = ctx.inputs[0].shape;
  std::array<std::int64_t, 4> parted{shape[0], groups, groups == 0 ? 1 : shape[1] / groups, 1};
  for (std::int64_t d : shape.subspan(2)) parted[3] *= d;
  const Dims by_channel{0, parted[2], 1, 0};
  const GroupWalk walk(parted, axes_from(2, 4), {dense_strides(parted), by_channel, by_channel});
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const Normalization<T, T> n{ctx.inputs[0].as<T>(), ctx.inputs[1].as<T>(), ctx.inputs[2].as<T>(),
                                ctx.outputs[0].as<T>()};
    n.run(walk, [&](const Group<T>& group, std::int64_t) { return standardizer(group, epsilon); });
  });
}

Dim checked_channels(const InferContext& ctx, std::size_t first, std::size_t last) {
  Dim channels;
  if (ctx.ranked(0)) {
    if (checked_rank(ctx, 0) < 2) throw ctx.error(ctx.input_label(0) + " has no channels").got(to_string(ctx.shape(0)));
    channels = ctx.shape(0)[1];
  }
  for (std::size_t i = first; i < last; ++i) {
    require_rank(ctx, i, 1);
    if (!ctx.ranked(i)) continue;
    const auto common = agreed(channels, ctx.shape(i)[0]);
    if (!common)
      throw ctx.error(fmt::format("{} has another size than {} has channels", ctx.input_label(i), ctx.input_label(0)))
          .got(to_string(ctx.shape(i)))
          .expected(to_string(Shape{channels}));
    channels = *common;
  }
  return channels;
}

DType checked_stash_type(const InferContext& ctx, DTypeSet allowed) {
  const std::int64_t number = ctx.integer("stash_type");
  for (int t = 1; t < 32; ++t)
    if (number == t && allowed.contains(static_cast<DType>(t))) return static_cast<DType>(t);
  throw ctx.attribute_error("stash_type", "no such element type here")
      .got(std::to_string(number))
      .expected("the number of one of " + to_string(allowed));
}

namespace {

Term centred(const Term& x, const std::vector<std::int64_t>& axes) { return x - mean_over(x, axes); }

Term inverse_deviation(const Term& from_mean, const std::vector<std::int64_t>& axes, double epsilon) {
  return 1.0 / apply(sqrt(), mean_over(from_mean * from_mean, axes) + epsilon);
}

}  // namespace

Standardized::Standardized(const Term& x, std::vector<std::int64_t> over, double epsilon)
    : value(centred(x, over)), factor(inverse_deviation(value, over, epsilon)), axes_(std::move(over)) {
  value = value * factor;
}

Term Standardized::gradient(const Term& grad_value) const {
  return factor * (centred(grad_value, axes_) - value * mean_over(grad_value * value, axes_));
}

Term by_channel(const Term& vector, std::int64_t rank) {
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank), 1);
  dims[1] = -1;
  return reshaped(vector, std::move(dims));
}

void give_to_channels(GradientContext& ctx, const Term& value) {
  const Term g = grad(ctx);
  std::vector<std::int64_t> others = axes_between(1, g.rank());
  others[0] = 0;
  if (ctx.wants(1)) ctx.set(1, sum_over(g * value, others, false).id());
  if (ctx.wants(2)) ctx.set(2, sum_over(g, others, false).id());
}

void channels_gradient(GradientContext& ctx, std::int64_t groups) {
  const Term x = input(ctx, 0);
  const Standardized parted(reshaped(x, {0, groups, -1}), {2}, ctx.real("epsilon"));
  give_to_channels(ctx, reshaped_like(parted.value, x));
  if (!ctx.wants(0)) return;
  const Term scaled = grad(ctx) * by_channel(input(ctx, 1), x.rank());
  ctx.set(0, reshaped_like(parted.gradient(reshaped(scaled, {0, groups, -1})), x).id());
}

}  // namespace rondo::ops
