// Squeeze: drops the dims of size 1 that axes names, or all of them without axes.
#include <fmt/format.h>

#include <algorithm>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

std::optional<Shape> without_ones(const InferContext& ctx) {
  const Shape& shape = ctx.shape(0);
  if (!std::ranges::all_of(shape, &Dim::known)) return std::nullopt;  // an open dim may be 1
  Shape out;
  std::ranges::remove_copy(shape, std::back_inserter(out), Dim(1));
  return out;
}

std::optional<Shape> without_axes(const InferContext& ctx, std::span<const std::int64_t> axes) {
  const Shape& shape = ctx.shape(0);
  const AxisSet drop = checked_axes(ctx, axes, checked_rank(ctx, 0));
  Shape out;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (!drop[d]) out.push_back(shape[d]);
    if (drop[d] && !may_equal(shape[d], 1))
      throw ctx.error(fmt::format("axis {} cannot be squeezed", d))
          .got(fmt::format("size {} in data {}", shape[d].value, to_string(shape)))
          .expected("size 1");
  }
  return out;
}

// Where every dim goes, the shape says nothing of the axes: it stays open until they are known and can be checked.
std::optional<Shape> without_unknown_axes(const InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  if (!length || *length == ctx.type(0).rank()) return std::nullopt;
  if (*length > ctx.type(0).rank())
    throw ctx.error("axes names more dims than data has")
        .got(std::to_string(*length))
        .expected(fmt::format("at most {}", ctx.type(0).rank()));
  return unknown_shape(ctx, ctx.type(0).rank() - *length);
}

void infer(InferContext& ctx) {
  list_length(ctx, 1);
  const auto axes = ctx.integers_of(1);
  std::optional<Shape> out;
  if (ctx.ranked(0)) out = axes ? without_axes(ctx, *axes) : ctx.has(1) ? without_unknown_axes(ctx) : without_ones(ctx);
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void gradient(GradientContext& ctx) { ctx.set(0, reshaped_like(grad(ctx), input(ctx, 0)).id()); }

}  // namespace

const OpDef& squeeze() {
  static const OpDef def{.name = "Squeeze",
                         .inputs = {{"data", "T"}, {"axes", "axes", Presence::optional}},
                         .outputs = {{"squeezed", "T"}},
                         .types = {{"T", kAny}, {"axes", {DType::int64}}},
                         .infer = infer,
                         .eval = eval_view,
                         .is_view = true,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
