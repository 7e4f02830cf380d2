// AveragePool: the mean of the elements under a window. Places in the padding count as zeros with count_include_pad and
// do not count without; places past the padding, which ceil_mode reaches, never count. The mean of nothing is NaN.
#include <algorithm>

#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/tolerance.h"

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

// How many places a window averages over, the window being the one for element i of an output plane.
std::int64_t divisor(const EvalContext& ctx, const Window& window, std::int64_t i) noexcept {
  const bool padded = ctx.integer("count_include_pad") != 0;
  std::int64_t n = 1;
  for (std::size_t d = window.rank; d-- > 0;) {
    const std::int64_t size = ctx.inputs[0].shape[d + 2], places = ctx.outputs[0].shape[d + 2];
    n *= taps_inside(window, d, i % places, padded ? -window.begin[d] : 0, padded ? size + window.end[d] : size);
    i /= places;
  }
  return n;
}

template <class T>
void pool(const EvalContext& ctx, const Window& window) {
  const T* x = ctx.inputs[0].as<T>();
  T* y = ctx.outputs[0].as<T>();
  const std::int64_t input = volume(ctx.inputs[0].shape.subspan(2)), output = volume(ctx.outputs[0].shape.subspan(2));
  const std::int64_t total = ctx.outputs[0].count();
  std::fill_n(y, total, T(0));
  for_each_tap(ctx, window, [&](std::int64_t plane, const PoolRow& row) {
    const T* from = x + plane * input + row.x;
    T* to = y + plane * output + row.y;
    for (std::int64_t i = 0; i < row.length; ++i) to[i * row.y_step] += from[i * row.x_step];
  });
  for (std::int64_t i = 0; i < output; ++i) {
    const T n = static_cast<T>(divisor(ctx, window, i));
    for (std::int64_t k = i; k < total; k += output) y[k] /= n;
  }
}

void eval(const EvalContext& ctx) {
  const Window window = pool_window(ctx);
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { pool<T>(ctx, window); });
}

}  // namespace

const OpDef& average_pool() {
  static const OpDef def{.name = "AveragePool",
                         .attributes = window_attributes({attr("ceil_mode", 0), attr("count_include_pad", 0),
                                                          required_attr("kernel_shape", AttrKind::integers)}),
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = [](InferContext& ctx) { infer_pool(ctx); },
                         .eval = eval,
                         .tolerance = kAccumulated};
  return def;
}

}  // namespace rondo::ops
