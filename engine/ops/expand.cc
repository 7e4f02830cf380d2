// Expand: the input repeated to the common broadcast shape of itself and of the shape given.
#include <algorithm>

#include "ops/broadcast.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  const auto wanted = ctx.integers_of(1);
  if (wanted && std::ranges::any_of(*wanted, [](std::int64_t d) { return d < 0; }))
    throw ctx.error("shape holds a negative size").got(list_text(*wanted)).expected("sizes of 0 and more");
  if (!ctx.ranked(0) || !length) return ctx.set(0, ctx.dtype(0), std::nullopt);
  if (!wanted) return ctx.set(0, ctx.dtype(0), unknown_shape(ctx, std::max(checked_rank(ctx, 0), *length)));
  check_rank(ctx, wanted->size(), "shape");
  auto out = broadcast(ctx.shape(0), Shape(wanted->begin(), wanted->end()));
  if (!out)
    throw ctx.error("input does not broadcast with the shape")
        .got(to_string(ctx.shape(0)) + " and " + list_text(*wanted))
        .expected("dims, counted from the last, that are equal or 1");
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const MutableTensorView& out = ctx.outputs[0];
  copy_strided(size_of(in.dtype), out.shape, out.data, dense_strides(out.shape), in.data,
               broadcast_strides(in.shape, out.shape));
}

void gradient(GradientContext& ctx) { give(ctx, 0, grad(ctx)); }

}  // namespace

const OpDef& expand() {
  static const OpDef def{.name = "Expand",
                         .inputs = {{"input", "T"}, {"shape", "shape"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"shape", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
