#include "kernels/gru_cell/gru_cell_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const GruCellKernels<float> gru_cell_avx512_f32 = GruCellBody<float, simd::Avx512>::kernels("avx512");
constinit const GruCellKernels<double> gru_cell_avx512_f64 = GruCellBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
