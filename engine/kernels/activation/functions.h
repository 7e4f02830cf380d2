// The eleven activations on one vector, for activation_impl.h and the generic cells. A per-ISA header.
#pragma once

#include "kernels/activation/activation.h"
#include "kernels/simd/math.h"

namespace rondo::kernels {

template <class T, class Arch>
RONDO_SIMD_INLINE simd::Vec<T, Arch> softsign(simd::Vec<T, Arch> x) {
  using V = simd::Vec<T, Arch>;
  const V sign = sign_of(x);
  const V a = min_of(V::all(simd::MathConstants<T, Arch>::kLargest), flip(x, sign));
  return flip(a / (a + V::all(T(1))), sign);
}

template <class T, class Arch>
RONDO_SIMD_INLINE simd::Vec<T, Arch> softplus(simd::Vec<T, Arch> x) {
  using V = simd::Vec<T, Arch>;
  const V z = simd::exp(flip(simd::abs(x), V::all(T(-0.0))));
  return max_of(V::all(T(0)), x) + simd::log1p_of_fraction(z);
}

// f(x). The switch is on a value that stays the same for a whole kernel call, so it predicts.
template <class T, class Arch>
RONDO_SIMD_INLINE simd::Vec<T, Arch> activate(const ActivationFunction& f, simd::Vec<T, Arch> x) {
  using V = simd::Vec<T, Arch>;
  const V zero = V::all(T(0));
  const V a = V::all(static_cast<T>(f.alpha));
  const V b = V::all(static_cast<T>(f.beta));
  switch (f.kind) {
    case Activation::affine:
      return fma(a, x, b);
    case Activation::elu:
      return select_less(x, zero, a * simd::exp_of_negative(min_of(zero, x)).expm1, x);
    case Activation::hard_sigmoid:
      return min_of(V::all(T(1)), max_of(zero, fma(a, x, b)));
    case Activation::leaky_relu:
      return select_less(x, zero, a * x, x);
    case Activation::relu:
      return max_of(zero, x);
    case Activation::scaled_tanh:
      return a * simd::tanh(b * x);
    case Activation::sigmoid:
      return simd::sigmoid(x);
    case Activation::softplus:
      return softplus(x);
    case Activation::softsign:
      return softsign(x);
    case Activation::tanh:
      return simd::tanh(x);
    case Activation::thresholded_relu:
      return select_less(x, a, zero, x);
  }
  return x;
}

}  // namespace rondo::kernels
