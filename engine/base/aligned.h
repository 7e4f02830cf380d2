// Memory aligned to 64 bytes: a cache line and the widest vector.
#pragma once

#include <cstddef>
#include <memory>

namespace rondo {

inline constexpr std::size_t kAlignment = 64;

// Null when there is no memory. bytes == 0 gives a valid, unusable pointer. Blocks of 2 MiB and more ask for huge
// pages.
std::byte* aligned_allocate(std::size_t bytes) noexcept;
void aligned_free(std::byte* p) noexcept;

struct AlignedFree {
  void operator()(void* p) const noexcept { aligned_free(static_cast<std::byte*>(p)); }
};
template <class T>
using AlignedArray = std::unique_ptr<T[], AlignedFree>;

// count elements, uninitialized; throws Error(memory).
std::byte* aligned_allocate_or_throw(std::size_t bytes);
template <class T>
AlignedArray<T> make_aligned(std::size_t count) {
  return AlignedArray<T>(reinterpret_cast<T*>(aligned_allocate_or_throw(count * sizeof(T))));
}

}  // namespace rondo
