// Where the elements of a slice stand in the data it is taken of, for Slice and its gradient.
#pragma once

#include <cstdint>
#include <span>

#include "ops/walk.h"

namespace rondo::ops {

struct SliceRange {
  std::int64_t start, count;
};
// One axis of that size; step is not 0.
SliceRange slice_range(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t size) noexcept;

// Element [i, j ...] of the slice is data[offset + i * strides[0] + j * strides[1] ...].
struct SlicePlaces {
  std::int64_t offset;
  Dims strides;
};
// lists: starts, ends, axes and steps as Slice takes them, the last two or views that are not present().
SlicePlaces slice_places(std::span<const TensorView> lists, std::span<const std::int64_t> data,
                         std::span<const std::int64_t> slice) noexcept;

}  // namespace rondo::ops
