#include "ops/fourier.h"

#include <cmath>
#include <numbers>

namespace rondo::ops {
namespace {

// Without the second look at NaN that std::complex takes.
template <class Real>
std::complex<Real> times(std::complex<Real> a, std::complex<Real> b) noexcept {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

}  // namespace

template <class Real>
Fourier<Real>::Fourier(std::int64_t n, bool inverse, std::byte* scratch) noexcept
    : n_(n), inverse_(inverse), roots_(reinterpret_cast<Complex*>(scratch)), input_(roots_ + n), output_(input_ + n) {
  for (std::int64_t k = 0; k < n; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    roots_[k] = {static_cast<Real>(std::cos(angle)), static_cast<Real>(inverse ? std::sin(angle) : -std::sin(angle))};
  }
}

// y[0], y[step], ... from x[0..n), which is overwritten; step * n is the whole length, so that root k of n is root
// k * step of all. The sums of both halves make the even results, their twisted differences the odd ones.
template <class Real>
void Fourier<Real>::transform(Complex* x, std::int64_t n, Complex* y, std::int64_t step) const noexcept {
  if (n % 2 != 0) return transform_odd(x, n, y, step);
  const std::int64_t half = n / 2;
  for (std::int64_t k = 0; k < half; ++k) {
    const Complex a = x[k], b = x[half + k];
    x[k] = a + b;
    x[half + k] = k == 0 ? a - b : times(a - b, roots_[k * step]);
  }
  transform(x, half, y, 2 * step);
  transform(x + half, half, y + step, 2 * step);
}

// Elements j and n - j meet conjugate roots: their sum goes with the cosine, their difference with the sine.
template <class Real>
void Fourier<Real>::transform_odd(Complex* x, std::int64_t n, Complex* y, std::int64_t step) const noexcept {
  const std::int64_t half = (n - 1) / 2;
  Complex total = x[0];
  for (std::int64_t j = 1; j <= half; ++j) {
    const Complex a = x[j], b = x[n - j];
    x[j] = a + b;
    x[n - j] = a - b;
    total += x[j];
  }
  y[0] = total;
  for (std::int64_t k = 1; k <= half; ++k) {
    Complex even = x[0], odd{};
    for (std::int64_t j = 1, root = k; j <= half; ++j, root += k) {
      if (root >= n) root -= n;
      even += roots_[root * step].real() * x[j];
      odd += roots_[root * step].imag() * x[n - j];
    }
    const Complex turned{-odd.imag(), odd.real()};
    y[k * step] = even + turned;
    y[(n - k) * step] = even - turned;
  }
}

template <class Real>
void Fourier<Real>::run() const noexcept {
  transform(input_, n_, output_, 1);
  if (!inverse_) return;
  const Real scale = Real(1) / static_cast<Real>(n_);
  for (std::int64_t k = 0; k < n_; ++k) output_[k] *= scale;
}

template class Fourier<float>;
template class Fourier<double>;

}  // namespace rondo::ops
