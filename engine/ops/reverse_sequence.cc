// ReverseSequence: the first sequence_lens[b] time steps of each row b of a batch in reverse order, the rest as it is.
#include <fmt/format.h>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void check_axes(const InferContext& ctx) {
  const std::int64_t batch = ctx.integer("batch_axis"), time = ctx.integer("time_axis");
  for (const auto& [name, axis] : {std::pair("batch_axis", batch), std::pair("time_axis", time)})
    if (axis != 0 && axis != 1)
      throw ctx.attribute_error(name, fmt::format("{} is out of range", name))
          .got(std::to_string(axis))
          .expected("0 or 1");
  if (batch == time) throw ctx.attribute_error("batch_axis", "batch_axis and time_axis are the same axis");
}

void infer(InferContext& ctx) {
  check_axes(ctx);
  require_rank(ctx, 1, 1);
  std::optional<Shape> out = ctx.type(0).shape;
  if (out) {
    if (checked_rank(ctx, 0) < 2) throw ctx.error("input has no batch and time axes").got("shape " + to_string(*out));
    Dim& rows = (*out)[static_cast<std::size_t>(ctx.integer("batch_axis"))];
    const auto agreed_rows = agreed(rows, ctx.ranked(1) ? ctx.shape(1)[0] : Dim());
    if (!agreed_rows)
      throw ctx.error("sequence_lens has the wrong size")
          .got(std::to_string(ctx.shape(1)[0].value))
          .expected(fmt::format("{}, one for each row", rows.value));
    rows = *agreed_rows;
  }
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const std::size_t size = size_of(in.dtype), batch = static_cast<std::size_t>(ctx.integer("batch_axis"));
  const Dims strides = dense_strides(in.shape);
  const std::int64_t rows = in.shape[batch], steps = in.shape[1 - batch];
  std::int64_t block = 1;
  for (std::int64_t d : in.shape.subspan(2)) block *= d;
  for (std::int64_t b = 0; b < rows; ++b) {
    const std::int64_t length = ctx.inputs[1].as<std::int64_t>()[b];
    if (length < 0 || length > steps)
      throw ctx.error(fmt::format("sequence_lens holds a wrong length at element {}", b))
          .got(std::to_string(length))
          .expected(fmt::format("0 to {}, the size of the time axis", steps));
    for (std::int64_t t = 0; t < steps; ++t) {
      const std::int64_t from = t < length ? length - 1 - t : t, row = b * strides[batch];
      copy_elements(element_at(ctx.outputs[0].data, row + t * strides[1 - batch], size),
                    element_at(in.data, row + from * strides[1 - batch], size), block, size);
    }
  }
}

void gradient(GradientContext& ctx) {
  ctx.set(0, apply(reverse_sequence(), {grad(ctx), input(ctx, 1)}, ctx.node().attributes).id());
}

}  // namespace

const OpDef& reverse_sequence() {
  static const OpDef def{.name = "ReverseSequence",
                         .attributes = {attr("batch_axis", 1), attr("time_axis", 0)},
                         .inputs = {{"input", "T"}, {"sequence_lens", "I"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kAny}, {"I", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
