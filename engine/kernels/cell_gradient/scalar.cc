#include "kernels/cell_gradient/cell_gradient_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const CellGradientKernels<float> cell_gradient_scalar_f32 =
    CellGradientBody<float, simd::Scalar>::kernels("scalar");
constinit const CellGradientKernels<double> cell_gradient_scalar_f64 =
    CellGradientBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
