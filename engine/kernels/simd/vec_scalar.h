// Vec<T, Scalar>: plain arrays, see vec.h for what each operation means.
#pragma once

#include "kernels/simd/vec.h"

namespace rondo::simd {

template <class T>
struct Vec<T, Scalar> {
  static constexpr int kLanes = simd::kLanes<T, Scalar>;
  T lane[kLanes];

  template <class F>
  static RONDO_SIMD_INLINE Vec each(F f) {
    Vec r;
    for (int i = 0; i < kLanes; ++i) r.lane[i] = f(i);
    return r;
  }

  static RONDO_SIMD_INLINE Vec all(T x) {
    return each([=](int) __attribute__((always_inline)) { return x; });
  }
  static RONDO_SIMD_INLINE Vec load(const T* p) {
    return each([=](int i) __attribute__((always_inline)) { return p[i]; });
  }
  static RONDO_SIMD_INLINE Vec load_first(const T* p, int n) {
    return each([=](int i) __attribute__((always_inline)) { return i < n ? p[i] : T(0); });
  }
  RONDO_SIMD_INLINE void store(T* p) const {
    for (int i = 0; i < kLanes; ++i) p[i] = lane[i];
  }
  RONDO_SIMD_INLINE void store_first(T* p, int n) const {
    for (int i = 0; i < n; ++i) p[i] = lane[i];
  }
};

#define RONDO_SCALAR_OPERATION(signature, expression)                        \
  template <class T>                                                         \
  RONDO_SIMD_INLINE Vec<T, Scalar> signature {                               \
    Vec<T, Scalar> r;                                                        \
    for (int i = 0; i < Vec<T, Scalar>::kLanes; ++i) r.lane[i] = expression; \
    return r;                                                                \
  }

RONDO_SCALAR_OPERATION(operator+(const Vec<T, Scalar>& a, const Vec<T, Scalar>& b), a.lane[i] + b.lane[i])
RONDO_SCALAR_OPERATION(operator-(const Vec<T, Scalar>& a, const Vec<T, Scalar>& b), a.lane[i] - b.lane[i])
RONDO_SCALAR_OPERATION(operator*(const Vec<T, Scalar>& a, const Vec<T, Scalar>& b), a.lane[i] * b.lane[i])
RONDO_SCALAR_OPERATION(operator/(const Vec<T, Scalar>& a, const Vec<T, Scalar>& b), a.lane[i] / b.lane[i])
RONDO_SCALAR_OPERATION(fma(const Vec<T, Scalar>& a, const Vec<T, Scalar>& b, const Vec<T, Scalar>& c),
                       a.lane[i] * b.lane[i] + c.lane[i])
RONDO_SCALAR_OPERATION(min_of(const Vec<T, Scalar>& bound, const Vec<T, Scalar>& x),
                       bound.lane[i] < x.lane[i] ? bound.lane[i] : x.lane[i])
RONDO_SCALAR_OPERATION(max_of(const Vec<T, Scalar>& bound, const Vec<T, Scalar>& x),
                       bound.lane[i] > x.lane[i] ? bound.lane[i] : x.lane[i])
RONDO_SCALAR_OPERATION(select_less(const Vec<T, Scalar>& a, const Vec<T, Scalar>& b, const Vec<T, Scalar>& x,
                                   const Vec<T, Scalar>& y),
                       a.lane[i] < b.lane[i] ? x.lane[i] : y.lane[i])

#undef RONDO_SCALAR_OPERATION

// The same bits as integers.
template <class T, class Arch>
struct ScalarBits;
template <>
struct ScalarBits<float, Scalar> {
  using Type = uint32_t;
  static constexpr int kFractionBits = 23;
};
template <>
struct ScalarBits<double, Scalar> {
  using Type = uint64_t;
  static constexpr int kFractionBits = 52;
};

template <class T>
RONDO_SIMD_INLINE Vec<T, Scalar> sign_of(const Vec<T, Scalar>& x) {
  using Bits = typename ScalarBits<T, Scalar>::Type;
  Vec<T, Scalar> r;
  for (int i = 0; i < Vec<T, Scalar>::kLanes; ++i)
    r.lane[i] = __builtin_bit_cast(T, __builtin_bit_cast(Bits, x.lane[i]) & __builtin_bit_cast(Bits, T(-0.0)));
  return r;
}

template <class T>
RONDO_SIMD_INLINE Vec<T, Scalar> flip(const Vec<T, Scalar>& x, const Vec<T, Scalar>& s) {
  using Bits = typename ScalarBits<T, Scalar>::Type;
  Vec<T, Scalar> r;
  for (int i = 0; i < Vec<T, Scalar>::kLanes; ++i)
    r.lane[i] = __builtin_bit_cast(T, __builtin_bit_cast(Bits, x.lane[i]) ^ __builtin_bit_cast(Bits, s.lane[i]));
  return r;
}

template <class T>
RONDO_SIMD_INLINE Vec<T, Scalar> power_of_two(const Vec<T, Scalar>& t) {
  using Bits = typename ScalarBits<T, Scalar>::Type;
  Vec<T, Scalar> r;
  for (int i = 0; i < Vec<T, Scalar>::kLanes; ++i) {
    const Bits exponent = __builtin_bit_cast(Bits, t.lane[i]) << ScalarBits<T, Scalar>::kFractionBits;
    r.lane[i] = __builtin_bit_cast(T, exponent + __builtin_bit_cast(Bits, T(1)));
  }
  return r;
}

}  // namespace rondo::simd
