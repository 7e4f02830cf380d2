#include "kernels/rnn_cell/rnn_cell_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const RnnCellKernels<float> rnn_cell_scalar_f32 = RnnCellBody<float, simd::Scalar>::kernels("scalar");
constinit const RnnCellKernels<double> rnn_cell_scalar_f64 = RnnCellBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
