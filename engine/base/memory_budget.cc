#include "base/memory_budget.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/checked.h"
#include "rondo/error.h"

namespace rondo {

std::int64_t default_memory_budget() {
  std::int64_t bytes = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGE_SIZE);
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::int64_t limit = 0;
    if (std::ifstream(file) >> limit && limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes / 4 * 3;
}

std::int64_t MemoryBudget::take(DType dtype, std::span<const std::int64_t> shape) {
  const auto bytes = checked_mul(element_count(shape), static_cast<std::int64_t>(size_of(dtype)));
  if (!bytes || *bytes > left_)
    throw Error(ErrorCode::limit, "the tensors of the model need more memory than they may take")
        .got(std::string(name_of(dtype)) + to_string(shape))
        .expected("at most " + std::to_string(left_) + " bytes more")
        .fix("use smaller sizes, or raise the memory limit");
  left_ -= *bytes;
  return *bytes;
}

}  // namespace rondo
