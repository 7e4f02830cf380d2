// The body of a recurrent step that all cells share: the recurrent product of each tile, then the cell on what came
// out, while it is still in the first cache. Panels outside, rows inside, so a panel is read from far away once. A
// per-ISA header.
#pragma once

#include "kernels/panel/product.h"
#include "kernels/panel/step.h"

namespace rondo::kernels {

template <class T>
struct RecurrentProduct {
  StepRange range;
  Rows<const T> a;      // [hidden] per row
  Rows<const T> start;  // where the sums begin, [panel][kStartWidth][lanes] per row, at the first slot of the product
  const T* own_start;   // [panel][lanes], the same for all rows: where the sums of slot kOwn begin instead
  const T* b;           // [panel][hidden][kWidth][lanes]
  int64_t hidden;
};

// kWidth slots of R by kStartWidth slots of the projected input; kOwn: the slot with a start of its own, or -1.
// Cell: void operator()(const T* sums, int64_t row, int64_t panel), sums being [kWidth][lanes].
template <class T, class Arch, int kWidth, int kStartWidth, int kOwn>
struct RecurrentStep {
  using V = simd::Vec<T, Arch>;
  using Limits = TileLimits<Arch, kWidth>;
  using Tile = void (*)(const T* const* a, const T* const* start, const T* own_start, const T* b, int64_t panel_stride,
                        int64_t hidden, T* sums);

  template <int kRows, int kPanels>
  struct MakeTile {
    // sums: [row][panel][kWidth][lanes], 64-byte aligned.
    RONDO_SIMD_FLATTEN static void run(const T* const* a, const T* const* start, const T* own_start, const T* b,
                                       int64_t panel_stride, int64_t hidden, T* sums) {
      V acc[kRows][kPanels * kWidth];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 24
        for (int v = 0; v < kPanels * kWidth; ++v)
          acc[r][v] = v % kWidth == kOwn ? V::load(own_start + v / kWidth * V::kLanes)
                                         : V::load(start[r] + (v / kWidth * kStartWidth + v % kWidth) * V::kLanes);
      accumulate<T, Arch, kRows, kPanels, kWidth>(acc, a, 1, b, panel_stride, hidden);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 24
        for (int v = 0; v < kPanels * kWidth; ++v) acc[r][v].store(sums + (r * kPanels * kWidth + v) * V::kLanes);
    }
  };
  static constexpr TileTable<Arch, kWidth, Tile, MakeTile> kTiles{};

  template <class Cell>
  static RONDO_SIMD_INLINE void run(const RecurrentProduct<T>& p, const Cell& cell) {
    const StepRange& range = p.range;
    const int64_t panels = range.panel_end - range.panel_begin;
    if (range.rows <= 0 || panels <= 0) return;
    const EvenCut<Arch> tiles(range.rows, Limits::kRows);
    const EvenCut<Arch> groups(panels, Limits::panels(static_cast<int>(tiles.largest())));
    for (int64_t i = 0; i < groups.pieces; ++i) {
      const int64_t group = range.backward ? groups.pieces - 1 - i : i;
      const int64_t first = range.panel_begin + groups.begin(group);
      const int count = static_cast<int>(groups.begin(group + 1) - groups.begin(group));
      for (int64_t t = 0; t < tiles.pieces; ++t)
        run_tile(p, cell, tiles.begin(t), static_cast<int>(tiles.begin(t + 1) - tiles.begin(t)), first, count);
    }
  }

 private:
  template <class Cell>
  static RONDO_SIMD_INLINE void run_tile(const RecurrentProduct<T>& p, const Cell& cell, int64_t row, int rows,
                                         int64_t panel, int panels) {
    alignas(64) T sums[Limits::kVectors * V::kLanes];
    const T* a[Limits::kRows];
    const T* start[Limits::kRows];
    int64_t at[Limits::kRows];
    for (int r = 0; r < rows; ++r) {
      at[r] = p.range.row_index != nullptr ? p.range.row_index[row + r] : row + r;
      a[r] = p.a.data + at[r] * p.a.stride;
      start[r] = p.start.data + at[r] * p.start.stride + panel * kStartWidth * V::kLanes;
    }
    const int64_t panel_stride = p.hidden * kWidth * V::kLanes;
    const T* own_start = kOwn < 0 ? nullptr : p.own_start + panel * V::kLanes;
    kTiles.entry[rows][panels](a, start, own_start, p.b + panel * panel_stride, panel_stride, p.hidden, sums);
    const T* s = sums;
    for (int r = 0; r < rows; ++r)
      for (int i = 0; i < panels; ++i, s += kWidth * V::kLanes) cell(s, at[r], panel + i);
  }
};

// One panel of a row of a state, of which only the units below `hidden` exist.
template <class T, class Arch>
struct PanelOfRow {
  using V = simd::Vec<T, Arch>;
  int64_t unit;
  int count;

  RONDO_SIMD_INLINE PanelOfRow(int64_t hidden, int64_t panel)
      : unit(panel * V::kLanes), count(hidden - unit < V::kLanes ? static_cast<int>(hidden - unit) : V::kLanes) {}

  RONDO_SIMD_INLINE V load(const T* row) const {
    return count == V::kLanes ? V::load(row + unit) : V::load_first(row + unit, count);
  }
  RONDO_SIMD_INLINE void store(T* row, V v) const {
    if (count == V::kLanes)
      v.store(row + unit);
    else
      v.store_first(row + unit, count);
  }
};

// Writes the sums of one row's panel, unless nobody wants them.
template <class T, class Arch, int kSlots>
struct Keep {
  const KeptSums<T, kSlots>& kept;
  int64_t row;
  const PanelOfRow<T, Arch>& at;

  RONDO_SIMD_INLINE void operator()(int slot, simd::Vec<T, Arch> sum) const {
    if (kept.slot[slot] != nullptr) at.store(kept.slot[slot] + row * kept.stride, sum);
  }
};

// The generic cells' bound on what enters an activation; NaN passes. limit is +infinity where there is no clip.
template <class T, class Arch>
RONDO_SIMD_INLINE simd::Vec<T, Arch> clipped(simd::Vec<T, Arch> x, T limit) {
  using V = simd::Vec<T, Arch>;
  return max_of(V::all(-limit), min_of(V::all(limit), x));
}

}  // namespace rondo::kernels
