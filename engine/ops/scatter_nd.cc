// ScatterND: data with slices replaced by, or combined with, updates. Each row of indices is the beginning of an index
// into data; negative entries count from the back.
#include <algorithm>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/indices.h"
#include "ops/op_list.h"
#include "ops/scatter.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void check_updates(const InferContext& ctx) {
  if (!ctx.ranked(0) || !ctx.ranked(1)) return;
  const Shape &data = ctx.shape(0), &indices = ctx.shape(1);
  const auto depth = checked_depth(ctx, checked_rank(ctx, 0));
  if (!depth || !ctx.ranked(2)) return;
  Shape wanted(indices.begin(), indices.end() - 1);
  wanted.insert(wanted.end(), data.begin() + *depth, data.end());
  if (!std::ranges::equal(ctx.shape(2), wanted, may_equal))
    throw ctx.error("updates has the wrong shape").got(to_string(ctx.shape(2))).expected(to_string(wanted));
}

void infer(InferContext& ctx) {
  check_reduction(ctx);
  check_updates(ctx);
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  copy_elements(out.data, ctx.inputs[0].data, out.count(), size_of(out.dtype));
  const IntegerList indices(ctx.inputs[1]);
  const std::int64_t depth = ctx.inputs[1].shape.back();
  const Dims strides = dense_strides(out.shape);
  std::int64_t rows = 1, block = 1;
  for (std::size_t d = 0; d + 1 < ctx.inputs[1].shape.size(); ++d) rows *= ctx.inputs[1].shape[d];
  for (auto d = static_cast<std::size_t>(depth); d < out.shape.size(); ++d) block *= out.shape[d];
  const Reduction reduction = reduction_of(ctx.node);
  with_any(out.dtype, [&]<class T>(TypeTag<T>) {
    for (std::int64_t row = 0; row < rows; ++row) {
      T* y = out.as<T>() + place_of_row(ctx, indices, row, depth, 0, strides);
      const T* u = ctx.inputs[2].as<T>() + row * block;
      for (std::int64_t i = 0; i < block; ++i) y[i] = combined(reduction, y[i], u[i]);
    }
  });
}

void gradient(GradientContext& ctx) { scatter_gradient(ctx, scatter_nd(), gather_nd()); }

}  // namespace

const OpDef& scatter_nd() {
  static const OpDef def{.name = "ScatterND",
                         .attributes = {attr("reduction", "none")},
                         .inputs = {{"data", "T"}, {"indices", "indices"}, {"updates", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"indices", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kRounded,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
