// The eleven activations and their slopes on one vector, for the gradients of cells. A per-ISA header.
//
// Slopes of functions that saturate are products of what gets small, so they keep their relative accuracy in the tails,
// which s (1 - s) would not. At a kink the slope is that of the side below.
#pragma once

#include "kernels/activation/functions.h"

namespace rondo::kernels {

template <class T, class Arch>
struct ValueAndSlope {
  simd::Vec<T, Arch> value, slope;
};

// With z = e^-|x|: 1 / (1 + z) or z / (1 + z), and z / (1 + z)^2.
template <class T, class Arch>
RONDO_SIMD_INLINE ValueAndSlope<T, Arch> sigmoid_and_slope(simd::Vec<T, Arch> x) {
  using V = simd::Vec<T, Arch>;
  const V one = V::all(T(1));
  const V z = simd::exp(flip(simd::abs(x), V::all(T(-0.0))));
  const V inverse = one / (one + z);
  return {select_less(x, V::all(T(0)), z, one) * inverse, z * inverse * inverse};
}

// With e = e^(-2 |x|): (1 - e) / (1 + e) with the sign of x, and 4 e / (1 + e)^2.
template <class T, class Arch>
RONDO_SIMD_INLINE ValueAndSlope<T, Arch> tanh_and_slope(simd::Vec<T, Arch> x) {
  using V = simd::Vec<T, Arch>;
  const V sign = sign_of(x);
  const auto e = simd::exp_of_negative(flip(x, sign) * V::all(T(-2)));
  const V inverse = V::all(T(1)) / (V::all(T(1)) + e.exp);
  const V twice = inverse + inverse;
  return {flip(simd::abs(e.expm1) * inverse, sign), e.exp * twice * twice};
}

// f(x) and f'(x). The switch is on a value that stays the same for a whole kernel call, so it predicts.
template <class T, class Arch>
RONDO_SIMD_INLINE ValueAndSlope<T, Arch> activate_and_slope(const ActivationFunction& f, simd::Vec<T, Arch> x) {
  using V = simd::Vec<T, Arch>;
  const V zero = V::all(T(0)), one = V::all(T(1));
  const V a = V::all(static_cast<T>(f.alpha));
  const V b = V::all(static_cast<T>(f.beta));
  const V value = activate<T, Arch>(f, x);
  switch (f.kind) {
    case Activation::affine:
      return {value, a};
    case Activation::elu:
      return {value, select_less(zero, x, one, a * simd::exp_of_negative(min_of(zero, x)).exp)};
    case Activation::hard_sigmoid: {
      const V line = fma(a, x, b);
      return {value, select_less(zero, line, select_less(line, one, a, zero), zero)};
    }
    case Activation::leaky_relu:
      return {value, select_less(zero, x, one, a)};
    case Activation::relu:
      return {value, select_less(zero, x, one, zero)};
    case Activation::scaled_tanh:
      return {value, a * b * tanh_and_slope<T, Arch>(b * x).slope};
    case Activation::sigmoid:
      return sigmoid_and_slope<T, Arch>(x);
    case Activation::softplus:
      return {value, simd::sigmoid(x)};
    case Activation::softsign: {
      const V inverse = one / (one + simd::abs(x));
      return {value, inverse * inverse};
    }
    case Activation::tanh:
      return tanh_and_slope<T, Arch>(x);
    case Activation::thresholded_relu:
      return {value, select_less(a, x, one, zero)};
  }
  return {value, one};
}

// With the clip in front, which lets through what it does not change.
template <class T, class Arch>
RONDO_SIMD_INLINE ValueAndSlope<T, Arch> clipped_and_slope(const ActivationFunction& f, simd::Vec<T, Arch> x, T limit) {
  using V = simd::Vec<T, Arch>;
  const V bound = V::all(limit);
  const auto inside = activate_and_slope<T, Arch>(f, max_of(V::all(-limit), min_of(bound, x)));
  return {inside.value, select_less(bound, simd::abs(x), V::all(T(0)), inside.slope)};
}

}  // namespace rondo::kernels
