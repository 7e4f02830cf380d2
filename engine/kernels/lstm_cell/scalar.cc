#include "kernels/lstm_cell/lstm_cell_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const LstmCellKernels<float> lstm_cell_scalar_f32 = LstmCellBody<float, simd::Scalar>::kernels("scalar");
constinit const LstmCellKernels<double> lstm_cell_scalar_f64 = LstmCellBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
