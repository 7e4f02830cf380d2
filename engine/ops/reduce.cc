#include "ops/reduce.h"

#include <fmt/format.h>

#include "ops/dims.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

std::optional<Shape> unknown_axes_shape(const InferContext& ctx) {
  const std::int64_t rank = checked_rank(ctx, 0);
  if (ctx.integer("keepdims") != 0) return unknown_shape(ctx, rank);
  const auto length = list_length(ctx, 1);
  // A list that turns out to be empty means all axes or none.
  if (!length || *length == 0) return std::nullopt;
  if (*length > rank)
    throw ctx.error("axes names more dims than data has")
        .got(std::to_string(*length))
        .expected(fmt::format("at most {}", rank));
  return unknown_shape(ctx, rank - *length);
}

Shape reduced_shape(const InferContext& ctx, AxisSet axes) {
  Shape out;
  for (std::size_t d = 0; d < ctx.shape(0).size(); ++d) {
    if (!axes[d])
      out.push_back(ctx.shape(0)[d]);
    else if (ctx.integer("keepdims") != 0)
      out.emplace_back(1);
  }
  return out;
}

void infer(InferContext& ctx) {
  list_length(ctx, 1);
  const auto listed = ctx.integers_of(1);
  if (!ctx.ranked(0)) return ctx.set(0, ctx.dtype(0), std::nullopt);
  if (ctx.has(1) && !listed) return ctx.set(0, ctx.dtype(0), unknown_axes_shape(ctx));
  const std::int64_t rank = checked_rank(ctx, 0);
  AxisSet axes;
  if (listed) axes = checked_axes(ctx, *listed, rank);
  if (axes.none() && ctx.integer("noop_with_empty_axes") == 0) axes.set();
  ctx.set(0, ctx.dtype(0), reduced_shape(ctx, axes));
}

}  // namespace

FoldWalk<1> reduce_walk(const EvalContext& ctx) {
  AxisSet axes = axes_of(ctx, 1, ctx.inputs[0].rank());
  if (axes.none() && ctx.integer("noop_with_empty_axes") == 0) axes.set();
  return {ctx.inputs[0].shape, axes, {dense_strides(ctx.inputs[0].shape)}};
}

Term as_reduced(const Term& result) {
  const Term axes = input(result.context(), 1);
  const bool dropped = result.context().integer("keepdims") == 0 && axes.present();
  return dropped ? apply(unsqueeze(), result, axes) : result;  // without axes it is a scalar
}

Term reduced_alike(const OpDef& op, const Term& x) {
  return apply(op, {x, input(x.context(), 1)},
               {{"keepdims", std::int64_t{1}}, {"noop_with_empty_axes", x.context().integer("noop_with_empty_axes")}});
}

void share_among_equals(GradientContext& ctx) {
  const Term x = input(ctx, 0);
  const Term equals = as_type(apply(equal(), x, as_reduced(output(ctx, 0))), x.dtype());
  ctx.set(0, (as_reduced(grad(ctx)) * equals / reduced_alike(reduce_sum(), equals)).id());
}

OpDef reduce_op(std::string name, void (*eval)(const EvalContext&), Tolerance tolerance,
                void (*gradient)(GradientContext&), DTypeSet types) {
  return {.name = std::move(name),
          .attributes = {attr("keepdims", 1), attr("noop_with_empty_axes", 0)},
          .inputs = {{"data", "T"}, {"axes", "axes", Presence::optional}},
          .outputs = {{"reduced", "T"}},
          .types = {{"T", types}, {"axes", {DType::int64}}},
          .infer = infer,
          .eval = eval,
          .tolerance = tolerance,
          .gradient = gradient};
}

}  // namespace rondo::ops
