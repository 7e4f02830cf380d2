#include "kernels/activation/activation_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const ActivationKernels<float> activation_scalar_f32 = ActivationBody<float, simd::Scalar>::kernels("scalar");
constinit const ActivationKernels<double> activation_scalar_f64 =
    ActivationBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
