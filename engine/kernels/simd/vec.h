// Vec<T, Arch>: one vector of float or double, the vocabulary every kernel is written in. The specializations are in
// vec_x86.h (over xsimd, with intrinsics where xsimd 8.1 has none or a slow one) and vec_scalar.h; a per-ISA file
// includes the one it is for.
//
//   Vec::load(p), v.store(p)            p needs no alignment
//   Vec::load_first(p, n)               n in [0, lanes]; the rest is 0; memory past p + n is not touched
//   v.store_first(p, n)                 likewise
//   Vec::all(x)                         x in every lane
//   a + b, a - b, a * b, a / b
//   fma(a, b, c)                        a * b + c; rounds once on Avx2 and Avx512, twice on Scalar
//   min_of(bound, x), max_of(bound, x)  x when x is NaN, so NaN passes through a clip
//   select_less(a, b, x, y)             a < b ? x : y in each lane; y where a or b is NaN
//   sign_of(x)                          the sign bit alone: +0 or -0
//   flip(x, s)                          x with its sign changed where s, a sign_of, is -0
//   power_of_two(t)                     2^n for t = n + MathConstants::kRoundingMagic, 2^n a normal number
#pragma once

#include "kernels/simd/arch.h"

namespace rondo::simd {

template <class T, class Arch>
struct Vec;

}  // namespace rondo::simd
