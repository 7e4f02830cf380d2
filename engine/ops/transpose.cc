// Transpose: dim i of the result is dim perm[i] of the input; without perm the dims are reversed.
#include <fmt/format.h>

#include "ir/graph.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const bool listed = ctx.find("perm") != nullptr;
  if (!ctx.ranked(0)) return ctx.set(0, ctx.dtype(0), std::nullopt);
  const Shape& shape = ctx.shape(0);
  const std::int64_t rank = checked_rank(ctx, 0);
  if (!listed) return ctx.set(0, ctx.dtype(0), Shape(shape.rbegin(), shape.rend()));
  const auto& perm = ctx.integers("perm");
  if (static_cast<std::int64_t>(perm.size()) != rank)
    throw ctx.attribute_error("perm", "perm has the wrong length")
        .got(fmt::format("{} for data {}", perm.size(), to_string(shape)))
        .expected(std::to_string(rank));
  checked_axes(ctx, perm, rank, "perm");
  Shape out;
  for (std::int64_t p : perm) out.push_back(shape[static_cast<std::size_t>(resolved_axis(p, rank))]);
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const AttrValue* perm = find_attribute(ctx.node.attributes, "perm");
  const Dims from = dense_strides(in.shape);
  const std::size_t rank = in.shape.size();
  Dims strides{};
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t source =
        perm == nullptr ? static_cast<std::int64_t>(rank - 1 - d) : std::get<std::vector<std::int64_t>>(*perm)[d];
    strides[d] = from[static_cast<std::size_t>(resolved_axis(source, in.rank()))];
  }
  const MutableTensorView& out = ctx.outputs[0];
  copy_strided(size_of(in.dtype), out.shape, out.data, dense_strides(out.shape), in.data, strides);
}

void gradient(GradientContext& ctx) {
  const AttrValue* perm = ctx.find("perm");
  if (perm == nullptr) return ctx.set(0, apply(transpose(), grad(ctx)).id());
  const auto& order = std::get<std::vector<std::int64_t>>(*perm);
  const auto rank = static_cast<std::int64_t>(order.size());
  std::vector<std::int64_t> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(resolved_axis(order[i], rank))] = static_cast<std::int64_t>(i);
  ctx.set(0, transposed(grad(ctx), std::move(back)).id());
}

}  // namespace

const OpDef& transpose() {
  static const OpDef def{.name = "Transpose",
                         .attributes = {optional_attr("perm", AttrKind::integers)},
                         .inputs = {{"data", "T"}},
                         .outputs = {{"transposed", "T"}},
                         .types = {{"T", kAny}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
