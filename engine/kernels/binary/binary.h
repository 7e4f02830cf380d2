// Contract of the elementwise kernels of two operands, which are what a broadcast leaves of a row:
//   y[i] = f(a[i * a_step], b[i * b_step]) for i in [0, n), a_step and b_step 0 or 1.
// No alignment is needed; n may be 0; y may be a or b where that one's step is 1. The value of an element depends on
// nothing but its two numbers, and has the bits of plain C++: each function is one operation of the processor. NaN
// stays NaN. Subnormal numbers are kept unless the caller holds a simd::FlushDenormals.
#pragma once

#include <stdint.h>

namespace rondo {
enum class Isa;
}

namespace rondo::kernels {

enum class Binary : uint8_t {
  add,
  sub,
  mul,
  div,
  prelu,  // a < 0 ? b * a : a
};

template <class T>
struct BinaryRow {
  const T* a;
  int64_t a_step;
  const T* b;
  int64_t b_step;
  T* y;
  int64_t n;
};

template <class T>
struct BinaryKernels {
  const char* name;  // of the variant: "avx512", "avx2" or "scalar"
  void (*apply)(Binary f, const BinaryRow<T>& row);
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const BinaryKernels<T>& select_binary(Isa isa);

#define RONDO_BINARY(isa)                               \
  extern const BinaryKernels<float> binary_##isa##_f32; \
  extern const BinaryKernels<double> binary_##isa##_f64;
#include "kernels/binary/binary.inc"
#undef RONDO_BINARY

}  // namespace rondo::kernels
