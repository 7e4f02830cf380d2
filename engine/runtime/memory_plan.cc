#include "runtime/memory_plan.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/aligned.h"

namespace rondo {
namespace {

std::size_t padded(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

std::size_t plan_memory(std::span<PlannedBuffer> buffers) {
  std::vector<std::size_t> by_size(buffers.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::ranges::stable_sort(by_size, std::greater<>{}, [&](std::size_t i) { return buffers[i].bytes; });

  std::size_t arena = 0;
  std::vector<const PlannedBuffer*> placed;  // ordered by offset
  for (std::size_t i : by_size) {
    PlannedBuffer& b = buffers[i];
    std::size_t at = 0;
    for (const PlannedBuffer* other : placed) {
      if (other->last < b.first || b.last < other->first) continue;
      if (at + padded(b.bytes) <= other->offset) break;
      at = std::max(at, other->offset + padded(other->bytes));
    }
    b.offset = at;
    arena = std::max(arena, at + padded(b.bytes));
    placed.insert(std::ranges::upper_bound(placed, at, {}, &PlannedBuffer::offset), &b);
  }
  return arena;
}

}  // namespace rondo
