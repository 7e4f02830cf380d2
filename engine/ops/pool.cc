#include "ops/pool.h"

#include <algorithm>

#include "ir/graph.h"
#include "ops/dims.h"

namespace rondo::ops {

Shape infer_pool(InferContext& ctx) {
  const auto& kernel = ctx.integers("kernel_shape");
  check_rank(ctx, kernel.size() + 2, ctx.input_label(0));
  if (kernel.empty()) throw ctx.attribute_error("kernel_shape", "kernel_shape has no spatial axis");
  Window window = checked_window(ctx, kernel);
  require_rank(ctx, 0, static_cast<std::int64_t>(kernel.size() + 2));
  Shape out(kernel.size() + 2);
  if (ctx.ranked(0)) {
    out[0] = ctx.shape(0)[0];
    out[1] = ctx.shape(0)[1];
    for (std::size_t d = 0; d < window.rank; ++d)
      out[d + 2] = placed(ctx, window, d, ctx.shape(0)[d + 2], ctx.integer("ceil_mode") != 0);
  }
  ctx.set(0, ctx.dtype(0), out);
  return out;
}

Window pool_window(const EvalContext& ctx) noexcept {
  Window window = window_of(ctx.node.attributes, ctx.integers("kernel_shape"));
  for (std::size_t d = 0; d < window.rank; ++d)
    place(window, d, ctx.inputs[0].shape[d + 2], auto_pad_of(ctx.node.attributes));
  return window;
}

void infer_global_pool(InferContext& ctx) {
  if (!ctx.ranked(0)) return ctx.set(0, ctx.dtype(0), std::nullopt);
  if (checked_rank(ctx, 0) < 3) throw ctx.error("X has no spatial axis").got(to_string(ctx.shape(0)));
  Shape out(ctx.shape(0).size(), Dim(1));
  std::copy_n(ctx.shape(0).begin(), 2, out.begin());
  ctx.set(0, ctx.dtype(0), std::move(out));
}

AxisSet spatial_axes(const EvalContext& ctx) noexcept {
  AxisSet axes;
  for (std::size_t d = 2; d < ctx.inputs[0].shape.size(); ++d) axes.set(d);
  return axes;
}

}  // namespace rondo::ops
