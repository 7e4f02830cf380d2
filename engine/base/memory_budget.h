// How much memory the tensors of one model may take, and the account of what they took. For importers and the runtime.
#pragma once

#include <cstdint>

#include "rondo/tensor.h"

namespace rondo {

// Three quarters of the smaller of physical memory and the cgroup's limit, in bytes.
std::int64_t default_memory_budget();

class MemoryBudget {
 public:
  // limit <= 0: default_memory_budget().
  explicit MemoryBudget(std::int64_t limit) : left_(limit > 0 ? limit : default_memory_budget()) {}

  // Bytes of a tensor, booked before it is allocated. Throws Error(limit) when the size overflows or is not left.
  std::int64_t take(DType dtype, std::span<const std::int64_t> shape);
  std::int64_t left() const noexcept { return left_; }

 private:
  std::int64_t left_;
};

}  // namespace rondo
