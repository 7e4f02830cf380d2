// Trilu: of each matrix, the last two dims, the part on and above diagonal k, or with upper 0 on and below it; the rest
// is 0.
#include <algorithm>

#include "ops/axes.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  if (ctx.ranked(0) && checked_rank(ctx, 0) < 2)
    throw ctx.error("input is no matrix").got("shape " + to_string(ctx.shape(0))).expected("two dims or more");
  require_one_element(ctx, 1);
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const MutableTensorView& out = ctx.outputs[0];
  if (out.count() == 0) return;
  const std::int64_t rows = in.shape[in.shape.size() - 2], cols = in.shape.back();
  const std::int64_t given = ctx.has(1) ? *ctx.inputs[1].as<std::int64_t>() : 0;
  const std::int64_t k = std::clamp(given, -rows, cols);  // further out nothing changes
  const bool upper = ctx.integer("upper") != 0;
  const std::size_t size = size_of(in.dtype);
  std::memset(out.data, 0, static_cast<std::size_t>(out.count()) * size);
  for (std::int64_t start = 0, row = 0; start < out.count(); start += cols, row = (row + 1) % rows) {
    const std::int64_t cut = std::clamp<std::int64_t>(row + k + (upper ? 0 : 1), 0, cols);
    const std::int64_t first = start + (upper ? cut : 0);
    copy_elements(element_at(out.data, first, size), element_at(in.data, first, size), upper ? cols - cut : cut, size);
  }
}

void gradient(GradientContext& ctx) {
  ctx.set(0, apply(trilu(), {grad(ctx), input(ctx, 1)}, ctx.node().attributes).id());
}

}  // namespace

const OpDef& trilu() {
  static const OpDef def{.name = "Trilu",
                         .attributes = {attr("upper", 1)},
                         .inputs = {{"input", "T"}, {"k", "k", Presence::optional}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"k", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
