#include "kernels/gemm/gemm_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const GemmKernels<float> gemm_avx512_f32 = GemmBody<float, simd::Avx512>::kernels("avx512");
constinit const GemmKernels<double> gemm_avx512_f64 = GemmBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
