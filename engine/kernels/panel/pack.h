// Weights in the order the kernels stream them. Done once, when a plan is built, outside the per-ISA code.
//
// A matrix B of K rows and some columns becomes packed[panel][k][width]: panel p holds columns p*width ..
// p*width+width-1 in B's new column order, zeros past the last. 64-byte alignment is good for speed, not required.
//
// The new column order of a recurrent weight is that of panels of hidden units, [panel][slot][lane]: a panel is as many
// units as a vector has lanes, and the slots are the gates in the order the cell wants them, side by side. So
//   R (gates*H x H, rows are gate units), packed with width = slots * lanes, is R_packed[panel][k][slot][lane], and
//   W (gates*H x I), packed with the panel width of gemm, makes gemm write XP[row][panel][slot][lane] for the step.
#pragma once

#include <stdint.h>

namespace rondo::kernels {

// The order [panel][slot][lane] over `hidden` units. gates[slot] is the gate block of the source that fills a slot, or
// -1 for zeros. lanes comes from the kernels struct of the variant that will read the result.
struct PanelColumns {
  int64_t hidden;
  int lanes;
  int slots;
  const int* gates;

  int64_t panels() const { return (hidden + lanes - 1) / lanes; }
  int64_t width() const { return static_cast<int64_t>(slots) * lanes; }
  int64_t count() const { return panels() * width(); }
  // The source column (gate * hidden + unit) of a packed column, or -1 where the packed one is zero.
  int64_t source(int64_t column) const;
};

// n columns in the order they have.
PanelColumns plain_columns(int64_t n);

// How many elements pack_matrix writes: panels * k * width.
int64_t packed_size(int64_t k, const PanelColumns& columns, int64_t width);

// Element (k, column) of B is b[k * k_stride + column * column_stride]: strides (N, 1) for B given as [K, N], (1, K)
// for B given transposed, as [N, K], which is how ONNX gives W and R. T is float or double.
template <class T>
void pack_matrix(const T* b, int64_t k_stride, int64_t column_stride, int64_t k, const PanelColumns& columns,
                 int64_t width, T* packed);

// packed[column] += v[source(column)] over columns.count() elements: biases fold into one vector by adding each.
template <class T>
void add_packed_vector(const T* v, const PanelColumns& columns, T* packed);

}  // namespace rondo::kernels
