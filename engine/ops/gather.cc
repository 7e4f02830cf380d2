// Gather: slices of data along an axis, picked by indices, whose dims replace the axis. Negative indices count from the
// back.
#include "ops/axes.h"
#include "ops/elements.h"
#include "ops/indices.h"
#include "ops/internal_op_list.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  if (!ctx.ranked(0)) return ctx.set(0, ctx.dtype(0), std::nullopt);
  const Shape& data = ctx.shape(0);
  const auto axis = checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0));
  if (!ctx.ranked(1)) return ctx.set(0, ctx.dtype(0), std::nullopt);
  Shape out(data.begin(), data.begin() + axis);
  out.insert(out.end(), ctx.shape(1).begin(), ctx.shape(1).end());
  out.insert(out.end(), data.begin() + axis + 1, data.end());
  check_rank(ctx, out.size(), "output");
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void eval(const EvalContext& ctx) {
  const TensorView& data = ctx.inputs[0];
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), data.rank()));
  const std::size_t size = size_of(data.dtype);
  const IntegerList indices(ctx.inputs[1]);
  const auto [outer, along, inner] = Lines(data.shape, axis);
  for (std::int64_t i = 0; i < indices.size(); ++i) {
    const std::int64_t index = checked_index(ctx, indices, i, axis);
    for (std::int64_t o = 0; o < outer; ++o)
      copy_elements(element_at(ctx.outputs[0].data, (o * indices.size() + i) * inner, size),
                    element_at(data.data, (o * along + index) * inner, size), inner, size);
  }
}

void gradient(GradientContext& ctx) {
  ctx.set(0,
          apply(gather_gradient(), {grad(ctx), input(ctx, 1), shape_of(input(ctx, 0))}, {{"axis", ctx.integer("axis")}})
              .id());
}

}  // namespace

const OpDef& gather() {
  static const OpDef def{.name = "Gather",
                         .attributes = {attr("axis", 0)},
                         .inputs = {{"data", "T"}, {"indices", "Tind"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"Tind", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
