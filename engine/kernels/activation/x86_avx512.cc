#include "kernels/activation/activation_impl.h"
#include "kernels/simd/vec_x86.h"

namespace rondo::kernels {

constinit const ActivationKernels<float> activation_avx512_f32 = ActivationBody<float, simd::Avx512>::kernels("avx512");
constinit const ActivationKernels<double> activation_avx512_f64 =
    ActivationBody<double, simd::Avx512>::kernels("avx512");

}  // namespace rondo::kernels
