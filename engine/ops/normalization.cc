#include "ops/normalization.h"

#include <fmt/format.h>

#include "ops/broadcast.h"
#include "ops/dims.h"

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

}  // namespace rondo::ops
