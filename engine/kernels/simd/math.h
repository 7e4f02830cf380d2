// exp, expm1, sigmoid, tanh and log1p on Vec, for float and double.
//
// All of them start from one reduction: x = n ln 2 + r with |r| <= ln 2 / 2, where n is found by adding a large number
// that pushes the fraction out of the register, and r by subtracting n ln 2 in two parts, the first of which has so few
// bits that its product with n is exact without fused multiply-add. e^r = 1 + r + r^2 q(r), with q a polynomial that
// interpolates at the Chebyshev points. What differs is only how the pieces are put together:
//   sigmoid(x) = 1 / (1 + z) or z / (1 + z) with z = e^-|x|: nothing overflows and both tails are accurate;
//   tanh(x)    = -e / (2 + e) with the sign of x, e = expm1(-2 |x|): accurate near 0 and exactly odd.
// Both come as a quotient too, so that a cell can divide a product of gates once (tanh then errs by up to 1.5e-7). NaN
// passes through everything. Error: at most 4 ULP and, for sigmoid and tanh of float, 1.2e-7.
#pragma once

#include "kernels/simd/vec.h"

namespace rondo::simd {

template <class T, class Arch>
struct MathConstants;

template <class Arch>
struct MathConstants<float, Arch> {
  // Adding it rounds a small number to the nearest integer and leaves that integer in the lowest bits.
  static constexpr float kRoundingMagic = 0x1.8p23F;
  static constexpr float kLog2e = 1.44269504F;
  static constexpr float kLn2High = 0.693359375F;
  static constexpr float kLn2Low = -2.12194440e-4F;
  // e^x is +infinity above the second and 0 below the first.
  static constexpr float kExpMin = -105.0F, kExpMax = 89.5F;
  static constexpr float kLargest = 3.402823466e38F;
  // Lowest power first. (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2.
  static constexpr float kExp[] = {0.5F, 0.1666657695F, 0.04166655456F, 0.008363186256F, 0.001392619259F};
  // (atanh(s) / s - 1) / t with t = s^2 <= 1/9.
  static constexpr float kAtanh[] = {0.3333333366F, 0.1999985317F, 0.14296179F, 0.108532879F, 0.1161216461F};
};

template <class Arch>
struct MathConstants<double, Arch> {
  static constexpr double kRoundingMagic = 0x1.8p52;
  static constexpr double kLog2e = 1.4426950408889634;
  static constexpr double kLn2High = 0x1.62e42feep-1;
  static constexpr double kLn2Low = 1.90821492927058770002e-10;
  static constexpr double kExpMin = -746.0, kExpMax = 710.5;
  static constexpr double kLargest = 1.7976931348623157e308;
  static constexpr double kExp[] = {0.5,
                                    0.16666666666666671,
                                    0.04166666666666666976,
                                    0.008333333333326128183,
                                    0.001388888888888374335,
                                    0.000198412698748448936,
                                    0.00002480158732556507149,
                                    2.7557255369427713e-6,
                                    2.755727362113095375e-7,
                                    2.510522981321568853e-8,
                                    2.091469611472244514e-9};
  static constexpr double kAtanh[] = {0.3333333333333333344,  0.1999999999999976125,  0.1428571428580004965,
                                      0.1111111109911838528,  0.09090909948981357191, 0.07692271982430274643,
                                      0.06667589315724627918, 0.0586713953065159873,  0.05422589197440007411,
                                      0.0374607189777538365,  0.07815288900461425223};
};

template <class T, class Arch, int N>
RONDO_SIMD_INLINE Vec<T, Arch> polynomial(Vec<T, Arch> x, const T (&c)[N]) {
  Vec<T, Arch> sum = Vec<T, Arch>::all(c[N - 1]);
#pragma GCC unroll 16
  for (int i = N - 2; i >= 0; --i) sum = fma(sum, x, Vec<T, Arch>::all(c[i]));
  return sum;
}

// x = n ln 2 + r; shifted = n + kRoundingMagic; expm1_r = e^r - 1.
template <class T, class Arch>
struct Reduced {
  Vec<T, Arch> n, shifted, expm1_r;
};

template <class T, class Arch>
RONDO_SIMD_INLINE Reduced<T, Arch> reduce(Vec<T, Arch> x) {
  using V = Vec<T, Arch>;
  using C = MathConstants<T, Arch>;
  const V magic = V::all(C::kRoundingMagic);
  const V shifted = fma(x, V::all(C::kLog2e), magic);
  const V n = shifted - magic;
  const V r = fma(n, V::all(-C::kLn2Low), fma(n, V::all(-C::kLn2High), x));
  return {n, shifted, fma(r * r, polynomial<T, Arch>(r, C::kExp), r)};
}

template <class T, class Arch>
RONDO_SIMD_INLINE Vec<T, Arch> abs(Vec<T, Arch> x) {
  return flip(x, sign_of(x));
}

// e^x, subnormal results included: 2^n is multiplied in two halves, so each is a normal number.
template <class T, class Arch>
RONDO_SIMD_INLINE Vec<T, Arch> exp(Vec<T, Arch> x) {
  using V = Vec<T, Arch>;
  using C = MathConstants<T, Arch>;
  const V magic = V::all(C::kRoundingMagic);
  const Reduced<T, Arch> e = reduce<T, Arch>(max_of(V::all(C::kExpMin), min_of(V::all(C::kExpMax), x)));
  const V half = fma(e.n, V::all(T(0.5)), magic);
  const V rest = (e.n - (half - magic)) + magic;
  return ((e.expm1_r + V::all(T(1))) * power_of_two(half)) * power_of_two(rest);
}

// e^x and e^x - 1 for x <= 0; below -40 both are what they are at -40, where the second has reached -1.
template <class T, class Arch>
struct NegativeExp {
  Vec<T, Arch> exp, expm1;
};

template <class T, class Arch>
RONDO_SIMD_INLINE NegativeExp<T, Arch> exp_of_negative(Vec<T, Arch> x) {
  using V = Vec<T, Arch>;
  const Reduced<T, Arch> e = reduce<T, Arch>(max_of(V::all(T(-40)), x));
  const V scale = power_of_two(e.shifted);
  return {fma(scale, e.expm1_r, scale), fma(scale, e.expm1_r, scale - V::all(T(1)))};
}

template <class T, class Arch>
struct Quotient {
  Vec<T, Arch> num, den;  // den in [1, 2]
  RONDO_SIMD_INLINE Vec<T, Arch> value() const { return num / den; }
};

template <class T, class Arch>
RONDO_SIMD_INLINE Quotient<T, Arch> sigmoid_quotient(Vec<T, Arch> x) {
  using V = Vec<T, Arch>;
  const V one = V::all(T(1));
  const V z = exp(flip(abs(x), V::all(T(-0.0))));
  return {select_less(x, V::all(T(0)), z, one), one + z};
}

template <class T, class Arch>
RONDO_SIMD_INLINE Vec<T, Arch> sigmoid(Vec<T, Arch> x) {
  return sigmoid_quotient(x).value();
}

template <class T, class Arch>
RONDO_SIMD_INLINE Quotient<T, Arch> tanh_quotient(Vec<T, Arch> x) {
  using V = Vec<T, Arch>;
  const V sign = sign_of(x);
  const V e = exp_of_negative(flip(x, sign) * V::all(T(-2))).expm1;
  return {flip(abs(e), sign), e + V::all(T(2))};
}

// The quotient's denominator is rounded next to 1, where that costs half of the error allowed; so beyond 1/2 the
// distance to 1 is computed instead.
template <class T, class Arch>
RONDO_SIMD_INLINE Vec<T, Arch> tanh(Vec<T, Arch> x) {
  using V = Vec<T, Arch>;
  const V one = V::all(T(1));
  const V sign = sign_of(x);
  const NegativeExp<T, Arch> e = exp_of_negative(flip(x, sign) * V::all(T(-2)));
  const V limit = V::all(T(-2) / T(3));
  const V q = select_less(e.expm1, limit, e.exp + e.exp, abs(e.expm1)) / (one + e.exp);
  return flip(select_less(e.expm1, limit, one - q, q), sign);
}

// log(1 + z) for z in [0, 1]: twice the area hyperbolic tangent of z / (2 + z).
template <class T, class Arch>
RONDO_SIMD_INLINE Vec<T, Arch> log1p_of_fraction(Vec<T, Arch> z) {
  using V = Vec<T, Arch>;
  const V s = z / (z + V::all(T(2)));
  const V t = s * s;
  return fma(s + s, t * polynomial<T, Arch>(t, MathConstants<T, Arch>::kAtanh), s + s);
}

}  // namespace rondo::simd
