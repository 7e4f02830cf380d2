// Vec<T, Avx2> and Vec<T, Avx512> over xsimd's batch; see vec.h for what each operation means. Intrinsics appear where
// xsimd 8.1 has no AVX-512 version (fma, integer shifts), leaves the order of operands open (min and max decide what
// happens to NaN) or has no operation at all (loads and stores of the first n lanes).
#pragma once

#include <immintrin.h>

#include <xsimd/xsimd.hpp>

#include "kernels/simd/vec.h"

namespace rondo::simd {

template <class Arch>
struct XsimdArch;

// Overloads on the register type; not templates, always inlined.
namespace x86 {

// The first n lanes of 8 (or 4): lanes whose number is below n.
RONDO_SIMD_INLINE __m256i first8(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
RONDO_SIMD_INLINE __m256i first4(int n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}

RONDO_SIMD_INLINE void load_first(const float* p, int n, __m256& r) { r = _mm256_maskload_ps(p, first8(n)); }
RONDO_SIMD_INLINE void load_first(const double* p, int n, __m256d& r) { r = _mm256_maskload_pd(p, first4(n)); }
RONDO_SIMD_INLINE void store_first(float* p, int n, __m256 v) { _mm256_maskstore_ps(p, first8(n), v); }
RONDO_SIMD_INLINE void store_first(double* p, int n, __m256d v) { _mm256_maskstore_pd(p, first4(n), v); }
RONDO_SIMD_INLINE __m256 fma(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
RONDO_SIMD_INLINE __m256d fma(__m256d a, __m256d b, __m256d c) { return _mm256_fmadd_pd(a, b, c); }
RONDO_SIMD_INLINE __m256 min_of(__m256 bound, __m256 x) { return _mm256_min_ps(bound, x); }
RONDO_SIMD_INLINE __m256d min_of(__m256d bound, __m256d x) { return _mm256_min_pd(bound, x); }
RONDO_SIMD_INLINE __m256 max_of(__m256 bound, __m256 x) { return _mm256_max_ps(bound, x); }
RONDO_SIMD_INLINE __m256d max_of(__m256d bound, __m256d x) { return _mm256_max_pd(bound, x); }
RONDO_SIMD_INLINE __m256 power_of_two(__m256 t) {
  const __m256i one = _mm256_castps_si256(_mm256_set1_ps(1.0F));
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(t), 23), one));
}
RONDO_SIMD_INLINE __m256d power_of_two(__m256d t) {
  const __m256i one = _mm256_castpd_si256(_mm256_set1_pd(1.0));
  return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_slli_epi64(_mm256_castpd_si256(t), 52), one));
}

#ifdef __AVX512F__
RONDO_SIMD_INLINE __mmask16 first16_mask(int n) { return static_cast<__mmask16>((1U << n) - 1U); }
RONDO_SIMD_INLINE __mmask8 first8_mask(int n) { return static_cast<__mmask8>((1U << n) - 1U); }

RONDO_SIMD_INLINE void load_first(const float* p, int n, __m512& r) { r = _mm512_maskz_loadu_ps(first16_mask(n), p); }
RONDO_SIMD_INLINE void load_first(const double* p, int n, __m512d& r) { r = _mm512_maskz_loadu_pd(first8_mask(n), p); }
RONDO_SIMD_INLINE void store_first(float* p, int n, __m512 v) { _mm512_mask_storeu_ps(p, first16_mask(n), v); }
RONDO_SIMD_INLINE void store_first(double* p, int n, __m512d v) { _mm512_mask_storeu_pd(p, first8_mask(n), v); }
RONDO_SIMD_INLINE __m512 fma(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
RONDO_SIMD_INLINE __m512d fma(__m512d a, __m512d b, __m512d c) { return _mm512_fmadd_pd(a, b, c); }
RONDO_SIMD_INLINE __m512 min_of(__m512 bound, __m512 x) { return _mm512_min_ps(bound, x); }
RONDO_SIMD_INLINE __m512d min_of(__m512d bound, __m512d x) { return _mm512_min_pd(bound, x); }
RONDO_SIMD_INLINE __m512 max_of(__m512 bound, __m512 x) { return _mm512_max_ps(bound, x); }
RONDO_SIMD_INLINE __m512d max_of(__m512d bound, __m512d x) { return _mm512_max_pd(bound, x); }
RONDO_SIMD_INLINE __m512 power_of_two(__m512 t) {
  const __m512i one = _mm512_castps_si512(_mm512_set1_ps(1.0F));
  return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_slli_epi32(_mm512_castps_si512(t), 23), one));
}
RONDO_SIMD_INLINE __m512d power_of_two(__m512d t) {
  const __m512i one = _mm512_castpd_si512(_mm512_set1_pd(1.0));
  return _mm512_castsi512_pd(_mm512_add_epi64(_mm512_slli_epi64(_mm512_castpd_si512(t), 52), one));
}
#endif

}  // namespace x86

#ifdef __AVX512F__
template <>
struct XsimdArch<Avx512> {
  using Type = xsimd::avx512bw;
};
#else
template <>
struct XsimdArch<Avx2> {
  using Type = xsimd::avx2;
};
#endif

template <class T, class Arch>
struct Vec {
  using Batch = xsimd::batch<T, typename XsimdArch<Arch>::Type>;
  static constexpr int kLanes = simd::kLanes<T, Arch>;
  static_assert(static_cast<int>(Batch::size) == kLanes);
  Batch v;

  static RONDO_SIMD_INLINE Vec all(T x) { return {Batch(x)}; }
  static RONDO_SIMD_INLINE Vec load(const T* p) { return {Batch::load_unaligned(p)}; }
  static RONDO_SIMD_INLINE Vec load_first(const T* p, int n) {
    typename Batch::register_type r;
    x86::load_first(p, n, r);
    return {Batch(r)};
  }
  RONDO_SIMD_INLINE void store(T* p) const { v.store_unaligned(p); }
  RONDO_SIMD_INLINE void store_first(T* p, int n) const { x86::store_first(p, n, v.data); }

  friend RONDO_SIMD_INLINE Vec operator+(Vec a, Vec b) { return {a.v + b.v}; }
  friend RONDO_SIMD_INLINE Vec operator-(Vec a, Vec b) { return {a.v - b.v}; }
  friend RONDO_SIMD_INLINE Vec operator*(Vec a, Vec b) { return {a.v * b.v}; }
  friend RONDO_SIMD_INLINE Vec operator/(Vec a, Vec b) { return {a.v / b.v}; }
  friend RONDO_SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return {Batch(x86::fma(a.v.data, b.v.data, c.v.data))}; }
  friend RONDO_SIMD_INLINE Vec min_of(Vec bound, Vec x) { return {Batch(x86::min_of(bound.v.data, x.v.data))}; }
  friend RONDO_SIMD_INLINE Vec max_of(Vec bound, Vec x) { return {Batch(x86::max_of(bound.v.data, x.v.data))}; }
  friend RONDO_SIMD_INLINE Vec select_less(Vec a, Vec b, Vec x, Vec y) { return {xsimd::select(a.v < b.v, x.v, y.v)}; }
  friend RONDO_SIMD_INLINE Vec sign_of(Vec x) { return {x.v & Batch(T(-0.0))}; }
  friend RONDO_SIMD_INLINE Vec flip(Vec x, Vec s) { return {x.v ^ s.v}; }
  friend RONDO_SIMD_INLINE Vec power_of_two(Vec t) { return {Batch(x86::power_of_two(t.v.data))}; }
};

}  // namespace rondo::simd
