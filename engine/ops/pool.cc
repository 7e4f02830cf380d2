#include "ops/pool.h"

#include <algorithm>

#include "ir/graph.h"
#include "ops/dims.h"

namespace rondo::ops {
namespace {

// How many taps of the window at `place` fall on [low, high).
std::int64_t taps_inside(const Window& window, std::size_t axis, std::int64_t place, std::int64_t low,
                         std::int64_t high) noexcept {
  const std::int64_t first = place * window.stride[axis] - window.begin[axis], step = window.dilation[axis];
  const std::int64_t skipped = first < low ? (low - first + step - 1) / step : 0;
  const std::int64_t reached = first < high ? (high - first + step - 1) / step : 0;
  return std::max<std::int64_t>(std::min(reached, window.kernel[axis]) - skipped, 0);
}

}  // namespace

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

Window pool_window(const Attributes& attributes, std::span<const std::int64_t> x) noexcept {
  Window window =
      window_of(attributes, std::get<std::vector<std::int64_t>>(*find_attribute(attributes, "kernel_shape")));
  for (std::size_t d = 0; d < window.rank; ++d) place(window, d, x[d + 2], auto_pad_of(attributes));
  return window;
}

std::int64_t divisor(const Window& window, bool padded, std::span<const std::int64_t> in,
                     std::span<const std::int64_t> out, std::int64_t i) noexcept {
  std::int64_t n = 1;
  for (std::size_t d = window.rank; d-- > 0;) {
    const std::int64_t size = in[d], places = out[d];
    n *= taps_inside(window, d, i % places, padded ? -window.begin[d] : 0, padded ? size + window.end[d] : size);
    i /= places;
  }
  return n;
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
