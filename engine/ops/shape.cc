// Shape: the dims of a tensor from start up to end, both counted from the back when negative and clamped to the rank.
#include <algorithm>

#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

std::int64_t clamped(std::int64_t place, std::int64_t rank) noexcept {
  return std::clamp<std::int64_t>(place < 0 ? place + rank : place, 0, rank);
}

std::int64_t end_of(const AttrValue* end, std::int64_t rank) noexcept {
  return end == nullptr ? rank : clamped(std::get<std::int64_t>(*end), rank);
}

void infer(InferContext& ctx) {
  Dim length;
  if (ctx.ranked(0)) {
    const std::int64_t rank = ctx.type(0).rank();
    length = std::max<std::int64_t>(end_of(ctx.find("end"), rank) - clamped(ctx.integer("start"), rank), 0);
  }
  ctx.set(0, DType::int64, Shape{length});
}

void eval(const EvalContext& ctx) {
  const std::span<const std::int64_t> dims = ctx.inputs[0].shape;
  const std::int64_t start = clamped(ctx.integer("start"), ctx.inputs[0].rank());
  std::copy_n(dims.begin() + start, ctx.outputs[0].count(), ctx.outputs[0].as<std::int64_t>());
}

}  // namespace

const OpDef& shape() {
  static const OpDef def{.name = "Shape",
                         .attributes = {attr("start", 0), optional_attr("end", AttrKind::integer)},
                         .inputs = {{"data", "T"}},
                         .outputs = {{"shape", "T1"}},
                         .types = {{"T", kAny}, {"T1", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .reads_shapes_only = true,
                         .moves = true};
  return def;
}

}  // namespace rondo::ops
