// Tensors cut into elements along an axis, and put together again: for Loop and Scan.
#pragma once

#include <vector>

#include "ir/attribute.h"

namespace rondo::differential {

// axis may be negative.
std::int64_t length_of(const Tensor& sequence, std::int64_t axis);
TensorPtr element_of(const Tensor& sequence, std::int64_t axis, std::int64_t at);

// like: an element; gives the shape where there are none. Throws Error(data) when elements differ in shape.
TensorPtr stacked(const std::vector<TensorPtr>& elements, std::int64_t axis, const Tensor& like);

}  // namespace rondo::differential
