// Parts of dense tensors along one axis, copied out and put together again.
#pragma once

#include <span>

#include "rondo/tensor.h"

namespace rondo {

// Elements [begin, begin + count) along the axis; the range lies inside.
Tensor slice_of(const TensorView& whole, std::size_t axis, std::int64_t begin, std::int64_t count);

// The parts one after the other along the axis. All have one type, and one shape but for that axis; throws Error(data)
// when they have not. At least one part.
Tensor joined(std::span<const Tensor> parts, std::size_t axis);

// The same tensor with other dims for the same elements.
Tensor reshaped(const TensorView& tensor, std::vector<std::int64_t> shape);

}  // namespace rondo
