#include "kernels/cell_gradient/cell_gradient_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const CellGradientKernels<float> cell_gradient_avx2_f32 =
    CellGradientBody<float, simd::Avx2>::kernels("avx2");
constinit const CellGradientKernels<double> cell_gradient_avx2_f64 =
    CellGradientBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
