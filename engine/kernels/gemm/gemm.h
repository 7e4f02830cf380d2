// Contract of the matrix product with packed weights:
//   C[row][column] = start[row][column] + sum over k of A[row][k] * B[k][column]
// for rows [row_begin, row_end) and the columns of panels [panel_begin, panel_end). B is packed by pack_matrix with
// width panel_columns (panel/pack.h); columns past `columns` are not written. Callers split work between threads by row
// and panel ranges; the bits of an element depend on neither, nor on how many rows there are. C must not overlap A or
// B. Callers hold a simd::FlushDenormals.
#pragma once

#include <stdint.h>

namespace rondo {
enum class Isa;
}

namespace rondo::kernels {

template <class T>
struct Gemm {
  int64_t k;
  int64_t columns;
  int64_t row_begin, row_end;
  int64_t panel_begin, panel_end;  // of ceil(columns / panel_columns)
  const T* a;                      // element (row, k) is a[row * a_row_stride + k * a_k_stride]
  int64_t a_row_stride;
  int64_t a_k_stride;  // 1 for a row-major A
  const T* b_packed;
  const T* start;  // null: 0. With start_row_stride 0 it is a bias, [columns]; it may be C itself, to add to C
  int64_t start_row_stride;
  T* c;  // element (row, column) is c[row * c_row_stride + column]
  int64_t c_row_stride;
};

template <class T>
struct GemmKernels {
  const char* name;   // of the variant: "avx512", "avx2" or "scalar"
  int panel_columns;  // the width to pack B with
  void (*multiply)(const Gemm<T>&);
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const GemmKernels<T>& select_gemm(Isa isa);

#define RONDO_GEMM(isa)                             \
  extern const GemmKernels<float> gemm_##isa##_f32; \
  extern const GemmKernels<double> gemm_##isa##_f64;
#include "kernels/gemm/gemm.inc"
#undef RONDO_GEMM

}  // namespace rondo::kernels
