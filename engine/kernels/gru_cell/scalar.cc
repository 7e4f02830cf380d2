#include "kernels/gru_cell/gru_cell_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const GruCellKernels<float> gru_cell_scalar_f32 = GruCellBody<float, simd::Scalar>::kernels("scalar");
constinit const GruCellKernels<double> gru_cell_scalar_f64 = GruCellBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
