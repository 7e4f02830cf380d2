#include "kernels/lstm_cell/lstm_cell_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const LstmCellKernels<float> lstm_cell_avx2_f32 = LstmCellBody<float, simd::Avx2>::kernels("avx2");
constinit const LstmCellKernels<double> lstm_cell_avx2_f64 = LstmCellBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
