// ONNX's multidirectional broadcasting: the shape rule on dims that may be symbols or unknown, and the walk over
// operands whose missing dims repeat. https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md
#pragma once

#include <array>
#include <optional>
#include <span>

#include "ops/walk.h"

namespace rondo::ops {

// The common shape of two; nullopt when some dim cannot agree. A symbol against a number other than 1 takes the number:
// at run time it can only be that number or 1.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

// The common shape of inputs [first, last); nullopt while one of them is unranked. Throws naming the shapes.
std::optional<Shape> broadcast_inputs(const InferContext& ctx, std::size_t first, std::size_t last);

// Input `operand` must broadcast to the shape of input `target` without changing it (ONNX's unidirectional rule).
void check_broadcasts_to(const InferContext& ctx, std::size_t operand, std::size_t target);

// Strides with which a dense tensor of that shape is read along `out`: 0 where it repeats.
Dims broadcast_strides(std::span<const std::int64_t> shape, std::span<const std::int64_t> out) noexcept;

template <std::size_t N>
Walk<N> broadcast_walk(std::span<const std::int64_t> out,
                       const std::array<std::span<const std::int64_t>, N>& operands) noexcept {
  std::array<Dims, N> strides;
  for (std::size_t k = 0; k < N; ++k) strides[k] = broadcast_strides(operands[k], out);
  return Walk<N>(out, strides);
}

}  // namespace rondo::ops
