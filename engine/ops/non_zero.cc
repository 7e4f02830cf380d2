// NonZero: the coordinates of the elements that are not 0, one column each, in row-major order. NaN is not 0. A scalar
// has no coordinates: its result has no rows, and a column when it is not 0.
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/walk.h"

namespace rondo::ops {
namespace {

// f(i) for every element i that is not 0.
template <class F>
void each_nonzero(const TensorView& x, F&& f) {
  with_any(x.dtype, [&]<class T>(TypeTag<T>) {
    for (std::int64_t i = 0, n = x.count(); i < n; ++i)
      if (converted<Boolean>(x.as<T>()[i]).bits != 0) f(i);
  });
}

void infer(InferContext& ctx) {
  std::int64_t found = 0;
  const TensorView* x = ctx.value(0);
  if (x != nullptr) each_nonzero(*x, [&](std::int64_t) { ++found; });
  const Dim rank = ctx.ranked(0) ? Dim(checked_rank(ctx, 0)) : Dim();
  ctx.set(0, DType::int64, Shape{rank, x == nullptr ? Dim() : Dim(found)});
}

void eval(const EvalContext& ctx) {
  const TensorView& x = ctx.inputs[0];
  const Dims strides = dense_strides(x.shape);
  const std::int64_t columns = ctx.outputs[0].shape[1];
  std::int64_t column = 0;
  each_nonzero(x, [&](std::int64_t i) {
    std::int64_t* y = ctx.outputs[0].as<std::int64_t>() + column++;
    for (std::size_t d = 0; d < x.shape.size(); ++d, y += columns) *y = i / strides[d] % x.shape[d];
  });
}

}  // namespace

const OpDef& non_zero() {
  static const OpDef def{.name = "NonZero",
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "Y"}},
                         .types = {{"T", kAny}, {"Y", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true};
  return def;
}

}  // namespace rondo::ops
