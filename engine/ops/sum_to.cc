// SumTo of the domain rondo: x summed over everything that a broadcast from `shape` to the shape of x repeated, so that
// the result has that shape. What the gradient of a broadcast operand is.
#include "ops/broadcast.h"
#include "ops/dims.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  const auto wanted = ctx.integers_of(1);
  if (!wanted) return ctx.set(0, ctx.dtype(0), length ? std::optional(unknown_shape(ctx, *length)) : std::nullopt);
  check_rank(ctx, wanted->size(), "shape");
  const Shape out(wanted->begin(), wanted->end());
  if (ctx.ranked(0)) {
    checked_rank(ctx, 0);
    const auto common = broadcast(ctx.shape(0), out);
    if (!common || common->size() != ctx.shape(0).size() || !std::ranges::equal(*common, ctx.shape(0), may_equal))
      throw ctx.error("shape does not broadcast to that of x")
          .got(list_text(*wanted))
          .expected("dims, counted from the last, equal to those of " + to_string(ctx.shape(0)) + " or 1");
  }
  ctx.set(0, ctx.dtype(0), out);
}

template <class T>
struct Total {
  Wide<T> total = 0;
  void add(T x) { total += static_cast<Wide<T>>(x); }
  T result(std::int64_t) const { return static_cast<T>(total); }
};

void eval(const EvalContext& ctx) {
  const std::span<const std::int64_t> in = ctx.inputs[0].shape, out = ctx.outputs[0].shape;
  const std::size_t lead = in.size() - out.size();
  AxisSet repeated;
  for (std::size_t d = 0; d < in.size(); ++d) repeated[d] = d < lead || out[d - lead] != in[d];
  eval_fold<Total>(ctx, {in, repeated, {dense_strides(in)}});
}

void gradient(GradientContext& ctx) { ctx.set(0, expand_like(grad(ctx), input(ctx, 0)).id()); }

}  // namespace

const OpDef& sum_to() {
  static const OpDef def{.name = "SumTo",
                         .domain = "rondo",
                         .inputs = {{"x", "T"}, {"shape", "shape"}},
                         .outputs = {{"y", "T"}},
                         .types = {{"T", kFloats}, {"shape", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
