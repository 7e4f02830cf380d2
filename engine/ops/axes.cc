#include "ops/axes.h"

#include <fmt/format.h>

namespace rondo::ops {
namespace {

template <class Context>
std::int64_t axis_in_range(const Context& ctx, std::int64_t axis, std::int64_t rank, std::string_view what) {
  if (axis >= -rank && axis < rank) return resolved_axis(axis, rank);
  throw ctx.error(fmt::format("{} is out of range", what))
      .got(std::to_string(axis))
      .expected(rank == 0 ? "none, the tensor is a scalar" : fmt::format("{} to {}", -rank, rank - 1));
}

}  // namespace

void check_rank(const InferContext& ctx, std::size_t rank, std::string_view what) {
  if (rank > kMaxRank)
    throw ctx.error(fmt::format("{} has too many dims", what))
        .got(fmt::format("rank {}", rank))
        .expected(fmt::format("at most {}", kMaxRank));
}

std::int64_t checked_rank(const InferContext& ctx, std::size_t input) {
  check_rank(ctx, ctx.shape(input).size(), ctx.input_label(input));
  return ctx.type(input).rank();
}

std::int64_t checked_axis(const InferContext& ctx, std::int64_t axis, std::int64_t rank, std::string_view what) {
  return axis_in_range(ctx, axis, rank, what);
}
std::int64_t checked_axis(const EvalContext& ctx, std::int64_t axis, std::int64_t rank, std::string_view what) {
  return axis_in_range(ctx, axis, rank, what);
}

AxisSet checked_axes(const InferContext& ctx, std::span<const std::int64_t> axes, std::int64_t rank,
                     std::string_view what) {
  AxisSet set;
  for (std::int64_t a : axes) {
    const auto axis = static_cast<std::size_t>(checked_axis(ctx, a, rank, what));
    if (set[axis]) throw ctx.error(fmt::format("{} names axis {} twice", what, axis));
    set.set(axis);
  }
  return set;
}

std::optional<std::int64_t> list_length(const InferContext& ctx, std::size_t input) {
  if (!ctx.ranked(input)) return std::nullopt;
  const Shape& shape = ctx.shape(input);
  if (shape.size() > 1)
    throw ctx.error(fmt::format("{} must be a list", ctx.input_label(input)))
        .got("shape " + to_string(shape))
        .expected("one dim");
  if (shape.empty()) return 1;
  return shape[0].known() ? std::optional(shape[0].value) : std::nullopt;
}

AxisSet axes_of(const EvalContext& ctx, std::size_t input, std::int64_t rank) {
  AxisSet set;
  if (!ctx.has(input)) return set;
  const IntegerList axes(ctx.inputs[input]);
  for (std::int64_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(checked_axis(ctx, axes[i], rank, "axes"));
    if (set[axis]) throw ctx.error(fmt::format("axes names axis {} twice", axis));
    set.set(axis);
  }
  return set;
}

}  // namespace rondo::ops
