#include "kernels/gemm/gemm_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const GemmKernels<float> gemm_scalar_f32 = GemmBody<float, simd::Scalar>::kernels("scalar");
constinit const GemmKernels<double> gemm_scalar_f64 = GemmBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
