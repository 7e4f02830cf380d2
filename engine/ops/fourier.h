// The discrete Fourier transform of one line of any length, for DFT and STFT. Even lengths are halved as long as that
// goes, so a power of two costs n log n; the odd factor that is left costs half its square.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

namespace rondo::ops {

inline constexpr std::int64_t kMaxFourierLength = INT32_MAX;

// output[k] = sum over j of input[j] exp(-2 pi i j k / n), or with the conjugate roots and divided by n for the
// inverse. Computed in Real.
template <class Real>
class Fourier {
 public:
  using Complex = std::complex<Real>;

  static constexpr std::size_t scratch_bytes(std::int64_t n) noexcept {
    return 3 * sizeof(Complex) * static_cast<std::size_t>(n);
  }
  // n from 1 to kMaxFourierLength; the scratch is the caller's and aligned for Real.
  Fourier(std::int64_t n, bool inverse, std::byte* scratch) noexcept;

  Complex* input() const noexcept { return input_; }          // n elements to be set before each run()
  const Complex* output() const noexcept { return output_; }  // n elements, after run()
  void run() const noexcept;

 private:
  void transform(Complex* x, std::int64_t n, Complex* y, std::int64_t step) const noexcept;
  void transform_odd(Complex* x, std::int64_t n, Complex* y, std::int64_t step) const noexcept;

  std::int64_t n_;
  bool inverse_;
  Complex *roots_, *input_, *output_;
};

// A number of one component, which is real, or of two.
template <class Real, class T>
std::complex<Real> complex_at(const T* element, std::int64_t components) noexcept {
  return {static_cast<Real>(element[0]), components == 2 ? static_cast<Real>(element[1]) : Real(0)};
}

}  // namespace rondo::ops
