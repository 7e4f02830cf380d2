#include "kernels/rnn_cell/rnn_cell_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const RnnCellKernels<float> rnn_cell_avx2_f32 = RnnCellBody<float, simd::Avx2>::kernels("avx2");
constinit const RnnCellKernels<double> rnn_cell_avx2_f64 = RnnCellBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
