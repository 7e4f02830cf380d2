#include "ops/fourier.h"

#include <cmath>
#include <numbers>

namespace rondo::ops {
namespace {

// Without the second look at NaN that std::complex takes.
Complex times(Complex a, Complex b) noexcept {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

}  // namespace

Fourier::Fourier(std::int64_t n, bool inverse, std::byte* scratch) noexcept
    : n_(n), inverse_(inverse), roots_(reinterpret_cast<Complex*>(scratch)), input_(roots_ + n), output_(input_ + n) {
  for (std::int64_t k = 0; k < n; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    roots_[k] = {std::cos(angle), inverse ? std::sin(angle) : -std::sin(angle)};
  }
}

// y[0..n) from x[0], x[step], ... where step * n is the whole length, so that root k of n is root k * step of all.
void Fourier::transform(const Complex* x, std::int64_t step, Complex* y, std::int64_t n) const noexcept {
  if (n % 2 == 0) {
    const std::int64_t half = n / 2;
    transform(x, 2 * step, y, half);
    transform(x + step, 2 * step, y + half, half);
    for (std::int64_t k = 0; k < half; ++k) {
      const Complex even = y[k], odd = times(roots_[k * step], y[half + k]);
      y[k] = even + odd;
      y[half + k] = even - odd;
    }
    return;
  }
  for (std::int64_t k = 0; k < n; ++k) {
    Complex sum = x[0];
    for (std::int64_t j = 1, root = k; j < n; ++j, root += k) {
      if (root >= n) root -= n;
      sum += times(x[j * step], roots_[root * step]);
    }
    y[k] = sum;
  }
}

void Fourier::run() const noexcept {
  transform(input_, 1, output_, n_);
  if (!inverse_) return;
  for (std::int64_t k = 0; k < n_; ++k) output_[k] /= static_cast<double>(n_);
}

}  // namespace rondo::ops
