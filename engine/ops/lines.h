// A dense tensor seen along one axis: line (o, i) has `size` elements, the k-th at (o * size + k) * inner + i. For the
// references of operators that work along an axis.
#pragma once

#include <cstdint>
#include <span>

namespace rondo::ops {

struct Lines {
  std::int64_t outer = 1, size = 1, inner = 1;

  // axis is from 0 on; one past the last dim gives lines of one element.
  Lines(std::span<const std::int64_t> shape, std::size_t axis) noexcept {
    for (std::size_t d = 0; d < shape.size(); ++d) (d < axis ? outer : d == axis ? size : inner) *= shape[d];
  }
};

}  // namespace rondo::ops
