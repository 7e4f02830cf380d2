#include "kernels/binary/binary_impl.h"
#include "kernels/simd/vec_scalar.h"

namespace rondo::kernels {

constinit const BinaryKernels<float> binary_scalar_f32 = BinaryBody<float, simd::Scalar>::kernels("scalar");
constinit const BinaryKernels<double> binary_scalar_f64 = BinaryBody<double, simd::Scalar>::kernels("scalar");

}  // namespace rondo::kernels
