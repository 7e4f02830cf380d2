// The matrix product in registers that the cells and gemm share, and how work is cut into its tiles. A per-ISA header.
//
// A tile is `Rows` rows of A by `Panels` panels of `Width` vectors. Every result has one chain of fused multiply-adds
// over k = 0 .. K-1, whatever tile it falls in: that is what makes bits independent of batch, row, split and thread.
// The chains needed to hide the latency of the adder come from rows and, when those are few, from several panels at
// once.
#pragma once

#include "kernels/simd/vec.h"

namespace rondo::kernels {

template <class Arch, int Width>
struct TileLimits {
  static constexpr int kSpan = Width < 2 ? 2 : Width;
  static constexpr int kRows = Arch::kAccumulators / kSpan < 8 ? Arch::kAccumulators / kSpan : 8;

  // The most panels a tile of that many rows spans: one row needs no more than 12 chains, and many streams help nobody.
  static constexpr int panels(int rows) {
    const int vectors = rows == 1 ? 12 : Arch::kAccumulators;
    const int most = rows == 1 ? 8 : 4;
    const int n = vectors / (rows * Width);
    return n < 1 ? 1 : n > most ? most : n;
  }
  static constexpr int kPanels = panels(1);
  // Vectors in the largest tile.
  static constexpr int kVectors = Arch::kAccumulators;
};

// acc[r][p * Width + v] += sum over k of a[r][k * a_step] * b[p][k][v]; panel p of b starts at b + p * panel_stride.
template <class T, class Arch, int kRows, int kPanels, int kWidth>
RONDO_SIMD_INLINE void accumulate(simd::Vec<T, Arch> (&acc)[kRows][kPanels * kWidth], const T* const* a, int64_t a_step,
                                  const T* b, int64_t panel_stride, int64_t k) {
  using V = simd::Vec<T, Arch>;
  const T* row[kRows];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) row[r] = a[r];
  for (int64_t i = 0; i < k; ++i) {
    // Whichever is fewer, broadcasts or weights, stays in registers while the other streams by.
    if constexpr (kRows <= kPanels * kWidth) {
      V x[kRows];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) x[r] = V::all(row[r][i * a_step]);
#pragma GCC unroll 24
      for (int v = 0; v < kPanels * kWidth; ++v) {
        const V w = V::load(b + v / kWidth * panel_stride + v % kWidth * V::kLanes);
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) acc[r][v] = fma(x[r], w, acc[r][v]);
      }
    } else {
      V w[kPanels * kWidth];
#pragma GCC unroll 24
      for (int v = 0; v < kPanels * kWidth; ++v) w[v] = V::load(b + v / kWidth * panel_stride + v % kWidth * V::kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const V x = V::all(row[r][i * a_step]);
#pragma GCC unroll 24
        for (int v = 0; v < kPanels * kWidth; ++v) acc[r][v] = fma(x, w[v], acc[r][v]);
      }
    }
    b += kWidth * V::kLanes;
  }
}

// table[rows][panels] for every tile within the limits; Make<rows, panels>::run are the entries.
template <class Arch, int Width, class Function, template <int, int> class Make>
struct TileTable {
  using Limits = TileLimits<Arch, Width>;
  Function entry[Limits::kRows + 1][Limits::kPanels + 1];

  constexpr TileTable() : entry{} { fill<1, 1>(); }

 private:
  template <int kRows, int kPanels>
  constexpr void fill() {
    entry[kRows][kPanels] = &Make<kRows, kPanels>::run;
    if constexpr (kPanels < Limits::panels(kRows))
      fill<kRows, kPanels + 1>();
    else if constexpr (kRows < Limits::kRows)
      fill<kRows + 1, 1>();
  }
};

// n things cut into pieces of at most `most`, as even as can be: piece i is [begin(i), begin(i + 1)).
template <class Arch>
struct EvenCut {
  int64_t n, pieces;
  RONDO_SIMD_INLINE EvenCut(int64_t count, int64_t most) : n(count), pieces((count + most - 1) / most) {}
  RONDO_SIMD_INLINE int64_t begin(int64_t i) const { return i * n / pieces; }
  RONDO_SIMD_INLINE int64_t largest() const { return (n + pieces - 1) / pieces; }
};

}  // namespace rondo::kernels
