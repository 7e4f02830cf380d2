// Subnormal numbers cost a hundred cycles each and decaying recurrent states are full of them. Whoever calls kernels
// holds a FlushDenormals on the calling thread: while it lives, subnormal inputs and results are zero; then the
// processor's state is what it was.
#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace rondo::simd {

class FlushDenormals {
 public:
#if defined(__SSE2__)
  FlushDenormals() noexcept : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | kFlushToZero | kDenormalsAreZero); }
  ~FlushDenormals() { _mm_setcsr(saved_); }
#else
  FlushDenormals() noexcept = default;
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__SSE2__)
 private:
  static constexpr unsigned kFlushToZero = 1U << 15;
  static constexpr unsigned kDenormalsAreZero = 1U << 6;
  unsigned saved_;
#endif
};

}  // namespace rondo::simd
