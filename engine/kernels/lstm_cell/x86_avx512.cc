#include "kernels/lstm_cell/lstm_cell_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const LstmCellKernels<float> lstm_cell_avx512_f32 = LstmCellBody<float, simd::Avx512>::kernels("avx512");
constinit const LstmCellKernels<double> lstm_cell_avx512_f64 = LstmCellBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
