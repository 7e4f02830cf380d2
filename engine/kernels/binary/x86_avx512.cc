#include "kernels/binary/binary_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const BinaryKernels<float> binary_avx512_f32 = BinaryBody<float, simd::Avx512>::kernels("avx512");
constinit const BinaryKernels<double> binary_avx512_f64 = BinaryBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
