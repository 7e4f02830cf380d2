#include "kernels/activation/activation_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const ActivationKernels<float> activation_avx2_f32 = ActivationBody<float, simd::Avx2>::kernels("avx2");
constinit const ActivationKernels<double> activation_avx2_f64 = ActivationBody<double, simd::Avx2>::kernels("avx2");

}  // namespace rondo::kernels
