#include "kernels/gemm/gemm_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const GemmKernels<float> gemm_avx2_f32 = GemmBody<float, simd::Avx2>::kernels("avx2");
constinit const GemmKernels<double> gemm_avx2_f64 = GemmBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
