// The instruction sets kernels are written for, as types: every template of a kernel carries one of them, so that code
// compiled with the flags of one set can never be linked in the place of another's. C headers only.
#pragma once

#include <stdint.h>

// On everything small inside a kernel: nothing of it is left as a function of its own.
#define RONDO_SIMD_INLINE inline __attribute__((always_inline))
// On the outermost function of a kernel: whatever it calls, xsimd included, is inlined into it.
#define RONDO_SIMD_FLATTEN __attribute__((flatten))

namespace rondo::simd {

// kBytes: the width of a vector. kAccumulators: how many vectors a register tile keeps, which leaves room in the
// register file for one weight, one broadcast and addresses.
struct Avx2 {
  static constexpr int kBytes = 32;
  static constexpr int kAccumulators = 12;
};
struct Avx512 {
  static constexpr int kBytes = 64;
  static constexpr int kAccumulators = 24;
};
// Plain C++ for any processor, without fused multiply-add. It has the shape of Avx512, so that a machine without
// AVX-512 still walks the same packed panels and the same tiles.
struct Scalar {
  static constexpr int kBytes = 64;
  static constexpr int kAccumulators = 24;
};

template <class T, class Arch>
inline constexpr int kLanes = Arch::kBytes / static_cast<int>(sizeof(T));

}  // namespace rondo::simd
