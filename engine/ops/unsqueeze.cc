// Unsqueeze: inserts dims of size 1; axes are positions in the result.
#include <fmt/format.h>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

Shape with_axes(const InferContext& ctx, std::span<const std::int64_t> axes) {
  const Shape& shape = ctx.shape(0);
  const std::size_t rank = shape.size() + axes.size();
  check_rank(ctx, rank, "expanded");
  const AxisSet inserted = checked_axes(ctx, axes, static_cast<std::int64_t>(rank));
  Shape out(rank);
  for (std::size_t d = 0, source = 0; d < rank; ++d) out[d] = inserted[d] ? Dim(1) : shape[source++];
  return out;
}

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  const auto axes = ctx.integers_of(1);
  std::optional<Shape> out;
  if (ctx.ranked(0) && axes) {
    out = with_axes(ctx, *axes);
  } else if (ctx.ranked(0) && length) {
    out = unknown_shape(ctx, ctx.type(0).rank() + *length);
  }
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void gradient(GradientContext& ctx) { ctx.set(0, reshaped_like(grad(ctx), input(ctx, 0)).id()); }

}  // namespace

const OpDef& unsqueeze() {
  static const OpDef def{.name = "Unsqueeze",
                         .inputs = {{"data", "T"}, {"axes", "axes"}},
                         .outputs = {{"expanded", "T"}},
                         .types = {{"T", kAny}, {"axes", {DType::int64}}},
                         .infer = infer,
                         .eval = eval_view,
                         .is_view = true,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
