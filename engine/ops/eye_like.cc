// EyeLike: a matrix of the shape of its input, 1 at [i, i + k] and 0 elsewhere.
#include <algorithm>

#include "ops/cast.h"
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  require_rank(ctx, 0, 2);
  const DType dtype = ctx.find("dtype") == nullptr ? ctx.dtype(0) : checked_dtype(ctx, "dtype");
  ctx.set(0, dtype, ctx.ranked(0) ? ctx.shape(0) : Shape(2));
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  const std::int64_t rows = out.shape[0], cols = out.shape[1];
  const std::int64_t k = std::clamp(ctx.integer("k"), -rows, cols);  // there is no diagonal further out
  with_any(out.dtype, [&]<class T>(TypeTag<T>) {
    T* y = out.as<T>();
    std::fill_n(y, out.count(), T{});
    for (std::int64_t i = std::max<std::int64_t>(0, -k); i < rows && i + k < cols; ++i)
      y[i * cols + i + k] = converted<T>(std::uint8_t{1});
  });
}

}  // namespace

const OpDef& eye_like() {
  static const OpDef def{.name = "EyeLike",
                         .attributes = {optional_attr("dtype", AttrKind::integer), attr("k", 0)},
                         .inputs = {{"input", "T1"}},
                         .outputs = {{"output", "T2"}},
                         .types = {{"T1", kAny}, {"T2", kAny}},
                         .infer = infer,
                         .eval = eval,
                         .reads_shapes_only = true,
                         .moves = true,
                         .gradient = no_slope};
  return def;
}

}  // namespace rondo::ops
