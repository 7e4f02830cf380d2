// Vec<T, Scalar>: no instruction set in particular, see vec.h for what each operation means. The lanes are the
// compiler's own vector type, of arithmetic any target has: gcc and clang cut it into whatever registers there are.
#pragma once

#include "kernels/simd/vec.h"

namespace rondo::simd {

template <class T, class Arch>
struct ScalarLanes;
template <>
struct ScalarLanes<float, Scalar> {
  typedef float Type __attribute__((vector_size(Scalar::kBytes)));
  typedef int32_t Bits __attribute__((vector_size(Scalar::kBytes)));
  static constexpr int kFractionBits = 23;
};
template <>
struct ScalarLanes<double, Scalar> {
  typedef double Type __attribute__((vector_size(Scalar::kBytes)));
  typedef int64_t Bits __attribute__((vector_size(Scalar::kBytes)));
  static constexpr int kFractionBits = 52;
};

template <class T>
struct Vec<T, Scalar> {
  using Lanes = typename ScalarLanes<T, Scalar>::Type;
  using Bits = typename ScalarLanes<T, Scalar>::Bits;
  static constexpr int kLanes = simd::kLanes<T, Scalar>;
  Lanes v;

  static RONDO_SIMD_INLINE Vec all(T x) { return {x - Lanes{}}; }  // keeps -0, as a sum would not
  static RONDO_SIMD_INLINE Vec load(const T* p) {
    Vec r;
    __builtin_memcpy(&r.v, p, sizeof(r.v));
    return r;
  }
  static RONDO_SIMD_INLINE Vec load_first(const T* p, int n) {
    Vec r{Lanes{}};
    for (int i = 0; i < n; ++i) r.v[i] = p[i];
    return r;
  }
  RONDO_SIMD_INLINE void store(T* p) const { __builtin_memcpy(p, &v, sizeof(v)); }
  RONDO_SIMD_INLINE void store_first(T* p, int n) const {
    for (int i = 0; i < n; ++i) p[i] = v[i];
  }

  friend RONDO_SIMD_INLINE Vec operator+(const Vec& a, const Vec& b) { return {a.v + b.v}; }
  friend RONDO_SIMD_INLINE Vec operator-(const Vec& a, const Vec& b) { return {a.v - b.v}; }
  friend RONDO_SIMD_INLINE Vec operator*(const Vec& a, const Vec& b) { return {a.v * b.v}; }
  friend RONDO_SIMD_INLINE Vec operator/(const Vec& a, const Vec& b) { return {a.v / b.v}; }
  friend RONDO_SIMD_INLINE Vec fma(const Vec& a, const Vec& b, const Vec& c) { return {a.v * b.v + c.v}; }
  friend RONDO_SIMD_INLINE Vec min_of(const Vec& bound, const Vec& x) { return select_less(bound, x, bound, x); }
  friend RONDO_SIMD_INLINE Vec max_of(const Vec& bound, const Vec& x) { return select_less(x, bound, bound, x); }
  friend RONDO_SIMD_INLINE Vec select_less(const Vec& a, const Vec& b, const Vec& x, const Vec& y) {
    return {a.v < b.v ? x.v : y.v};
  }
  friend RONDO_SIMD_INLINE Vec sign_of(const Vec& x) { return from_bits(x.bits() & all(T(-0.0)).bits()); }
  friend RONDO_SIMD_INLINE Vec flip(const Vec& x, const Vec& s) { return from_bits(x.bits() ^ s.bits()); }
  friend RONDO_SIMD_INLINE Vec power_of_two(const Vec& t) {
    return from_bits((t.bits() << ScalarLanes<T, Scalar>::kFractionBits) + all(T(1)).bits());
  }

 private:
  RONDO_SIMD_INLINE Bits bits() const { return __builtin_bit_cast(Bits, v); }
  static RONDO_SIMD_INLINE Vec from_bits(Bits b) { return {__builtin_bit_cast(Lanes, b)}; }
};

}  // namespace rondo::simd
