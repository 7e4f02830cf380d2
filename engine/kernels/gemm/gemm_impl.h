// The one body of the matrix product. A per-ISA header: see gemm.h for the contract.
#pragma once

#include "kernels/gemm/gemm.h"
#include "kernels/panel/product.h"

namespace rondo::kernels {

template <class T, class Arch>
struct GemmBody {
  using V = simd::Vec<T, Arch>;
  static constexpr int kWidth = Arch::kAccumulators / 6;  // six rows fill the register file
  static constexpr int kColumns = kWidth * V::kLanes;
  using Limits = TileLimits<Arch, kWidth>;
  // Rows are taken in blocks whose part of A stays in the second cache while all panels pass over it.
  static constexpr int64_t kBlockBytes = 1 << 18;

  using Tile = void (*)(const Gemm<T>& g, int64_t row, int64_t panel);

  template <int kRows, int kPanels>
  struct MakeTile {
    static constexpr int kVectors = kPanels * kWidth;

    RONDO_SIMD_FLATTEN static void run(const Gemm<T>& g, int64_t row, int64_t panel) {
      const int64_t column = panel * kColumns;
      const int left =
          g.columns - column < kVectors * V::kLanes ? static_cast<int>(g.columns - column) : kVectors * V::kLanes;
      V acc[kRows][kVectors];
      const T* a[kRows];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        a[r] = g.a + (row + r) * g.a_row_stride;
        const T* start = g.start == nullptr ? nullptr : g.start + (row + r) * g.start_row_stride + column;
#pragma GCC unroll 24
        for (int v = 0; v < kVectors; ++v) acc[r][v] = load(start, v * V::kLanes, left);
      }
      const int64_t panel_stride = g.k * kColumns;
      accumulate<T, Arch, kRows, kPanels, kWidth>(acc, a, g.a_k_stride, g.b_packed + panel * panel_stride, panel_stride,
                                                  g.k);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 24
        for (int v = 0; v < kVectors; ++v)
          store(g.c + (row + r) * g.c_row_stride + column, v * V::kLanes, left, acc[r][v]);
    }
  };
  static constexpr TileTable<Arch, kWidth, Tile, MakeTile> kTiles{};

  // The vector at p + i, of a row in which only p[0 .. left) exist; zeros when there is no row.
  static RONDO_SIMD_INLINE V load(const T* p, int i, int left) {
    if (p == nullptr || i >= left) return V::all(T(0));
    return i + V::kLanes <= left ? V::load(p + i) : V::load_first(p + i, left - i);
  }
  static RONDO_SIMD_INLINE void store(T* p, int i, int left, V v) {
    if (i + V::kLanes <= left)
      v.store(p + i);
    else if (i < left)
      v.store_first(p + i, left - i);
  }

  static void multiply(const Gemm<T>& g) {
    const int64_t rows = g.row_end - g.row_begin;
    const int64_t panels = g.panel_end - g.panel_begin;
    if (rows <= 0 || panels <= 0) return;
    const int64_t row_bytes = (g.k > 0 ? g.k : 1) * static_cast<int64_t>(sizeof(T));
    const int64_t block = kBlockBytes / row_bytes > Limits::kRows ? kBlockBytes / row_bytes : Limits::kRows;
    const EvenCut<Arch> blocks(rows, block);
    for (int64_t i = 0; i < blocks.pieces; ++i)
      multiply_block(g, g.row_begin + blocks.begin(i), blocks.begin(i + 1) - blocks.begin(i));
  }

  static void multiply_block(const Gemm<T>& g, int64_t row, int64_t rows) {
    const EvenCut<Arch> tiles(rows, Limits::kRows);
    const EvenCut<Arch> groups(g.panel_end - g.panel_begin, Limits::panels(static_cast<int>(tiles.largest())));
    for (int64_t i = 0; i < groups.pieces; ++i) {
      const int count = static_cast<int>(groups.begin(i + 1) - groups.begin(i));
      for (int64_t t = 0; t < tiles.pieces; ++t) {
        const int tile_rows = static_cast<int>(tiles.begin(t + 1) - tiles.begin(t));
        kTiles.entry[tile_rows][count](g, row + tiles.begin(t), g.panel_begin + groups.begin(i));
      }
    }
  }

  static constexpr GemmKernels<T> kernels(const char* name) { return {name, kColumns, &multiply}; }
};

}  // namespace rondo::kernels
