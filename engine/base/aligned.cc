#include "base/aligned.h"

#include <sys/mman.h>

#include <cstdlib>

#include "rondo/error.h"

namespace rondo {
namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}

std::byte* aligned_allocate(std::size_t bytes) noexcept {
  const std::size_t align = bytes >= kHugePage ? kHugePage : kAlignment;
  if (bytes > SIZE_MAX - align) return nullptr;
  const std::size_t padded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* p = nullptr;
  if (posix_memalign(&p, align, padded == 0 ? kAlignment : padded) != 0) return nullptr;
  if (bytes >= kHugePage) madvise(p, padded, MADV_HUGEPAGE);  // advice only: failure changes nothing but speed
  return static_cast<std::byte*>(p);
}

void aligned_free(std::byte* p) noexcept { std::free(p); }

std::byte* aligned_allocate_or_throw(std::size_t bytes) {
  std::byte* p = aligned_allocate(bytes);
  if (p == nullptr)
    throw Error(ErrorCode::memory, "no memory for " + std::to_string(bytes) + " bytes")
        .fix("use a smaller batch or length, or a machine with more memory");
  return p;
}

}  // namespace rondo
