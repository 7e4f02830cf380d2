#include "kernels/cell_gradient/cell_gradient_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const CellGradientKernels<float> cell_gradient_avx512_f32 =
    CellGradientBody<float, simd::Avx512>::kernels("avx512");
constinit const CellGradientKernels<double> cell_gradient_avx512_f64 =
    CellGradientBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
