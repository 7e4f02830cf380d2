#include "kernels/rnn_cell/rnn_cell_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const RnnCellKernels<float> rnn_cell_avx512_f32 = RnnCellBody<float, simd::Avx512>::kernels("avx512");
constinit const RnnCellKernels<double> rnn_cell_avx512_f64 = RnnCellBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
