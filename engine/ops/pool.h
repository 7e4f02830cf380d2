// Pools: MaxPool and AveragePool slide a window over each plane of X [N, C, D1 ... Dr]; the global ones take a whole
// plane. What they share.
#pragma once

#include "ops/window.h"

namespace rondo::ops {

// Sets output 0, of the type of X, and returns its shape: the rank of X follows from kernel_shape.
Shape infer_pool(InferContext& ctx);
// The window over an X of that shape, with the padding that auto_pad decides.
Window pool_window(const Attributes& attributes, std::span<const std::int64_t> x) noexcept;
// How many places AveragePool's window averages over, the window being the one for element i of an output plane: the
// shapes are those of planes; padded: places in the padding count too.
std::int64_t divisor(const Window& window, bool padded, std::span<const std::int64_t> in,
                     std::span<const std::int64_t> out, std::int64_t i) noexcept;

// The shape rule of GlobalAveragePool and GlobalMaxPool, and the axes they fold.
void infer_global_pool(InferContext& ctx);
AxisSet spatial_axes(const EvalContext& ctx) noexcept;

// Element i of a row of a tap: x + i * x_step of a plane of X falls on y + i * y_step of the output's.
struct PoolRow {
  std::int64_t x, x_step, y, y_step, length;
};
// f(plane, row) for every plane of X, tap after tap in row-major order; x is its shape, out that of an output plane.
template <class F>
void for_each_tap(std::span<const std::int64_t> x, std::span<const std::int64_t> out, const Window& window, F&& f) {
  const auto in = x.subspan(2);
  const std::int64_t planes = x[0] * x[1], taps = window.taps();
  for (std::int64_t k = 0; k < taps; ++k) {
    const Tap tap = tap_of(window, k, out, in);
    for (std::int64_t plane = 0; plane < planes; ++plane)
      for (Walk<2> row = tap.walk; !row.done(); row.next())
        f(plane, PoolRow{tap.at[1] + row.at(1), row.step(1), tap.at[0] + row.at(0), row.step(0), row.length()});
  }
}

}  // namespace rondo::ops
