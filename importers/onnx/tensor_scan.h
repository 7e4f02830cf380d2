// Looks through the elements of a floating point tensor for values that training and inference rarely survive.
#pragma once

#include <cstdint>

#include "rondo/tensor.h"

namespace rondo::importer {

struct OddValues {
  std::int64_t nonfinite = 0;  // NaN and infinities
  std::int64_t subnormal = 0;
};

// All zero for types that are not floating point.
OddValues count_odd_values(const TensorView& tensor) noexcept;

}  // namespace rondo::importer
