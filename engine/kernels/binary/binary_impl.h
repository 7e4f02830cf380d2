// The one body of the elementwise kernels of two operands. A per-ISA header: see binary.h for the contract.
#pragma once

#include "kernels/binary/binary.h"
#include "kernels/simd/vec.h"

namespace rondo::kernels {

template <class T, class Arch>
struct BinaryBody {
  using V = simd::Vec<T, Arch>;

  // One operand of a row: its elements, or one number for all of them.
  struct Operand {
    const T* p;
    bool moves;
    V all;
    RONDO_SIMD_INLINE Operand(const T* from, int64_t step, int64_t n)
        : p(from), moves(step != 0), all(V::all(n > 0 ? from[0] : T(0))) {}
    RONDO_SIMD_INLINE V load(int64_t i) const { return moves ? V::load(p + i) : all; }
    RONDO_SIMD_INLINE V load_first(int64_t i, int n) const { return moves ? V::load_first(p + i, n) : all; }
  };

  template <class F>
  static RONDO_SIMD_INLINE void map(const BinaryRow<T>& row, F f) {
    const Operand a(row.a, row.a_step, row.n), b(row.b, row.b_step, row.n);
    int64_t i = 0;
    for (; i + V::kLanes <= row.n; i += V::kLanes) f(a.load(i), b.load(i)).store(row.y + i);
    if (i == row.n) return;
    const int rest = static_cast<int>(row.n - i);
    f(a.load_first(i, rest), b.load_first(i, rest)).store_first(row.y + i, rest);
  }

  RONDO_SIMD_FLATTEN static void apply(Binary f, const BinaryRow<T>& row) {
    switch (f) {
      case Binary::add:
        return map(
            row, [](V a, V b) __attribute__((always_inline)) { return a + b; });
      case Binary::sub:
        return map(
            row, [](V a, V b) __attribute__((always_inline)) { return a - b; });
      case Binary::mul:
        return map(
            row, [](V a, V b) __attribute__((always_inline)) { return a * b; });
      case Binary::div:
        return map(
            row, [](V a, V b) __attribute__((always_inline)) { return a / b; });
      case Binary::prelu:
        return map(
            row, [](V a, V b) __attribute__((always_inline)) { return select_less(a, V::all(T(0)), b * a, a); });
    }
  }
  static constexpr BinaryKernels<T> kernels(const char* name) { return {name, apply}; }
};

}  // namespace rondo::kernels
