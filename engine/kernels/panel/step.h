// What the step functions of the three recurrent cells have in common. Part of their contracts.
//
// A step advances a block of batch rows by one time step, for a range of panels of hidden units. Work may be split
// between threads over rows, over panels or both: every element of the result is computed by the same operations in the
// same order however it is split, so its bits do not change. A step reads h_prev of all hidden units and writes h_next
// only in its panels; h_next must not overlap h_prev. Nothing is read or written past `hidden` in a row of a state.
// Callers hold a simd::FlushDenormals.
#pragma once

#include <stdint.h>

namespace rondo::kernels {

// Rows of equal length: row r begins at data + r * stride, stride in elements.
template <class T>
struct Rows {
  T* data;
  int64_t stride;
};

// Where a step puts the sums that go into its functions, before the clip, for the gradient of the step: by slot the
// vector of the first row, [hidden] in the order of the units. Null: nowhere.
template <class T, int kSlots>
struct KeptSums {
  T* slot[kSlots];
  int64_t stride;
};

struct StepRange {
  int64_t rows;              // how many batch rows
  const int32_t* row_index;  // null: rows 0 .. rows-1 of every Rows; otherwise rows row_index[0 .. rows-1]
  int64_t panel_begin;       // panels [panel_begin, panel_end) of ceil(hidden / lanes)
  int64_t panel_end;
  bool backward;  // visit the panels last to first: alternating between steps keeps more of R in the cache
};

}  // namespace rondo::kernels
