#include "kernels/binary/binary_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const BinaryKernels<float> binary_avx2_f32 = BinaryBody<float, simd::Avx2>::kernels("avx2");
constinit const BinaryKernels<double> binary_avx2_f64 = BinaryBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
