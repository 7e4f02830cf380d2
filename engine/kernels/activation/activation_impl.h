// The one body of the activation kernels. A per-ISA header: see activation.h for the contract.
#pragma once

#include "kernels/activation/functions.h"

namespace rondo::kernels {

template <class T, class Arch, class F>
RONDO_SIMD_INLINE void map_elements(const T* x, T* y, int64_t n, F f) {
  using V = simd::Vec<T, Arch>;
  int64_t i = 0;
  for (; i + V::kLanes <= n; i += V::kLanes) f(V::load(x + i)).store(y + i);
  if (i < n) {
    const int rest = static_cast<int>(n - i);
    f(V::load_first(x + i, rest)).store_first(y + i, rest);
  }
}

template <class T, class Arch>
struct ActivationBody {
  using V = simd::Vec<T, Arch>;

  RONDO_SIMD_FLATTEN static void apply(const ActivationFunction& f, const T* x, T* y, int64_t n) {
    map_elements<T, Arch>(
        x, y, n, [&f](V v) __attribute__((always_inline)) { return activate<T, Arch>(f, v); });
  }
  RONDO_SIMD_FLATTEN static void exp(const T* x, T* y, int64_t n) {
    map_elements<T, Arch>(
        x, y, n, [](V v) __attribute__((always_inline)) { return simd::exp(v); });
  }
  static constexpr ActivationKernels<T> kernels(const char* name) { return {name, apply, exp}; }
};

}  // namespace rondo::kernels
