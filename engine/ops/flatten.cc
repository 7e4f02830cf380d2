// Flatten: the dims before axis become the rows, the others the columns of a matrix.
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const std::int64_t axis = ctx.integer("axis");
  if (!ctx.ranked(0)) return ctx.set(0, ctx.dtype(0), Shape(2));
  const std::span<const Dim> dims(ctx.shape(0));
  const std::int64_t rank = checked_rank(ctx, 0);
  // One past the last axis is allowed: all dims are rows.
  const auto split = static_cast<std::size_t>(axis == rank ? rank : checked_axis(ctx, axis, rank));
  ctx.set(0, ctx.dtype(0), Shape{product(ctx, dims.first(split)), product(ctx, dims.subspan(split))});
}

void gradient(GradientContext& ctx) { ctx.set(0, reshaped_like(grad(ctx), input(ctx, 0)).id()); }

}  // namespace

const OpDef& flatten() {
  static const OpDef def{.name = "Flatten",
                         .attributes = {attr("axis", 1)},
                         .inputs = {{"input", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}},
                         .infer = infer,
                         .eval = eval_view,
                         .is_view = true,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
