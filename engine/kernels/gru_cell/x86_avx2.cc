#include "kernels/gru_cell/gru_cell_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const GruCellKernels<float> gru_cell_avx2_f32 = GruCellBody<float, simd::Avx2>::kernels("avx2");
constinit const GruCellKernels<double> gru_cell_avx2_f64 = GruCellBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
