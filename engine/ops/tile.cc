// Tile: the input repeated along every axis as often as repeats says.
#include <fmt/format.h>

#include <algorithm>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

std::optional<Shape> tiled_shape(const InferContext& ctx, std::optional<std::int64_t> length,
                                 const std::optional<std::vector<std::int64_t>>& repeats) {
  if (!ctx.ranked(0)) return length ? std::optional(unknown_shape(ctx, *length)) : std::nullopt;
  const std::int64_t rank = checked_rank(ctx, 0);
  if (length && *length != rank)
    throw ctx.error("repeats has the wrong length")
        .got(std::to_string(*length))
        .expected(fmt::format("{}, one for each dim of input", rank));
  Shape out = unknown_shape(ctx, rank);
  for (std::size_t d = 0; repeats && d < out.size(); ++d) {
    const Dim factors[] = {ctx.shape(0)[d], (*repeats)[d]};
    out[d] = product(ctx, factors);
  }
  return out;
}

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  const auto repeats = ctx.integers_of(1);
  if (repeats && std::ranges::any_of(*repeats, [](std::int64_t r) { return r < 0; }))
    throw ctx.error("repeats holds a negative number").got(list_text(*repeats)).expected("0 and more");
  ctx.set(0, ctx.dtype(0), tiled_shape(ctx, length, repeats));
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const std::span<const std::int64_t> out = ctx.outputs[0].shape;
  const std::size_t size = size_of(in.dtype);
  if (ctx.outputs[0].count() == 0) return;
  if (out.empty()) return copy_elements(ctx.outputs[0].data, in.data, 1, size);
  const Dims strides = dense_strides(in.shape);
  const std::size_t last = out.size() - 1;
  Dims index{};
  std::byte* to = element_at(ctx.outputs[0].data, 0, size);
  for (std::int64_t rows = ctx.outputs[0].count() / out[last]; rows > 0; --rows) {
    std::int64_t from = 0;
    for (std::size_t d = 0; d < last; ++d) from += index[d] % in.shape[d] * strides[d];
    for (std::int64_t i = 0; i < out[last]; i += in.shape[last], to = element_at(to, in.shape[last], size))
      copy_elements(to, element_at(in.data, from, size), in.shape[last], size);
    for (std::size_t d = last; d-- > 0 && ++index[d] == out[d];) index[d] = 0;
  }
}

// The result seen as [repeats[0], dim 0, repeats[1], dim 1 ...] is summed over the repeats.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0);
  const std::int64_t rank = x.rank();
  if (rank == 0) return ctx.set(0, ctx.grad_output());
  if (2 * rank > static_cast<std::int64_t>(kMaxRank)) throw ctx.error("the input has too many dims to differentiate");
  const Term pairs =
      apply(concat(), {unsqueezed(input(ctx, 1), {1}), unsqueezed(shape_of(x), {1})}, {{"axis", std::int64_t{1}}});
  std::vector<std::int64_t> repeats;
  for (std::int64_t d = 0; d < rank; ++d) repeats.push_back(2 * d);
  ctx.set(0, sum_over(reshaped(grad(ctx), reshaped(pairs, {-1})), std::move(repeats), false).id());
}

}  // namespace

const OpDef& tile() {
  static const OpDef def{.name = "Tile",
                         .inputs = {{"input", "T"}, {"repeats", "T1"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"T1", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
