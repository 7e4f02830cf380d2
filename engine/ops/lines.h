// A dense tensor seen along one axis: line (o, i) has `size` elements, the k-th at (o * size + k) * inner + i. For the
// references of operators that work along an axis.
#pragma once

#include <cstdint>
#include <span>

#include "ir/op_def.h"

namespace rondo::ops {

struct Lines {
  std::int64_t outer = 1, size = 1, inner = 1;

  // axis is from 0 on; one past the last dim gives lines of one element.
  Lines(std::span<const std::int64_t> shape, std::size_t axis) noexcept {
    for (std::size_t d = 0; d < shape.size(); ++d) (d < axis ? outer : d == axis ? size : inner) *= shape[d];
  }

  // How many lines there are; none when they have no elements.
  std::int64_t count() const noexcept { return size == 0 ? 0 : outer * inner; }
  // Where line n starts, counted in the order of the other dims.
  std::int64_t start(std::int64_t n) const noexcept { return n / inner * size * inner + n % inner; }
};

// The n elements at x[i * step] of one line, and as many places for results at y[i * step].
template <class T>
struct Line {
  const T* x;
  T* y;
  std::int64_t n, step;
};

// A line of input 0, with its results in the same places of output `output`; y is null where that is absent.
template <class T>
Line<T> line_at(const EvalContext& ctx, const Lines& lines, std::int64_t line, std::size_t output = 0) noexcept {
  const std::int64_t start = lines.start(line);
  T* y = ctx.wants(output) ? ctx.outputs[output].as<T>() + start : nullptr;
  return {ctx.inputs[0].as<T>() + start, y, lines.size, lines.inner};
}

// f(Line<T>) for every line that has elements.
template <class T, class F>
void for_lines(const EvalContext& ctx, const Lines& lines, F&& f) {
  for (std::int64_t i = 0; i < lines.count(); ++i) f(line_at<T>(ctx, lines, i));
}

}  // namespace rondo::ops
