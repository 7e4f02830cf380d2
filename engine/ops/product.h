// Matrix products of dense row-major matrices for the references of MatMul, Gemm and Conv: loops whose inner one is
// contiguous.
#pragma once

#include <array>
#include <cstdint>

#include "ops/wrap.h"

namespace rondo::ops {

// The sum of a[i] * b[i], in eight interleaved partial sums: more accurate than one, and it vectorizes.
template <class T>
T dot(const T* a, const T* b, std::int64_t n) noexcept {
  std::array<T, 8> part{};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t k = 0; k < 8; ++k)
      part[k] = wrap_add(part[k], wrap_mul(a[i + static_cast<std::int64_t>(k)], b[i + static_cast<std::int64_t>(k)]));
  for (std::size_t k = 0; i < n; ++i, ++k) part[k] = wrap_add(part[k], wrap_mul(a[i], b[i]));
  for (std::size_t half = 4; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) part[k] = wrap_add(part[k], part[k + half]);
  return part[0];
}

// y[j] += a * x[j].
template <class T>
void add_scaled(T* y, T a, const T* x, std::int64_t n) noexcept {
  for (std::int64_t j = 0; j < n; ++j) y[j] = wrap_add(y[j], wrap_mul(a, x[j]));
}

// The same with steps between the elements of y and of x.
template <class T>
void add_scaled(T* y, std::int64_t y_step, T a, const T* x, std::int64_t x_step, std::int64_t n) noexcept {
  if (y_step == 1 && x_step == 1) return add_scaled(y, a, x, n);
  for (std::int64_t j = 0; j < n; ++j) y[j * y_step] = wrap_add(y[j * y_step], wrap_mul(a, x[j * x_step]));
}

// y[M,N] = a[M,K] b[K,N]. Element (i,k) of a is a[i * a_row + k * a_column], so that a may be transposed.
template <class T>
void multiply(const T* a, std::int64_t a_row, std::int64_t a_column, const T* b, T* y, std::int64_t m, std::int64_t k,
              std::int64_t n) noexcept {
  for (std::int64_t i = 0; i < m; ++i) {
    T* row = y + i * n;
    for (std::int64_t j = 0; j < n; ++j) row[j] = T(0);
    for (std::int64_t p = 0; p < k; ++p) add_scaled(row, a[i * a_row + p * a_column], b + p * n, n);
  }
}

}  // namespace rondo::ops
