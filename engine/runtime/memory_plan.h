// Places buffers whose lifetimes are known into one arena, so that buffers that live at the same time never overlap.
#pragma once

#include <cstddef>
#include <span>

namespace rondo {

struct PlannedBuffer {
  std::size_t bytes = 0;
  std::size_t first = 0, last = 0;  // alive during the steps [first, last]
  std::size_t offset = 0;           // result, a multiple of 64
};

// Sets every offset and gives the arena's size. Largest buffers are placed first, each at the lowest gap that fits.
std::size_t plan_memory(std::span<PlannedBuffer> buffers);

}  // namespace rondo
