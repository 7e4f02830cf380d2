#include "kernels/activation/activation.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "reference.h"
#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::ActivationKernels;

template <class T>
std::vector<TestedVariant<ActivationKernels<T>>> variants() {
  const TestedVariant<ActivationKernels<T>> all[] = {
#define RONDO_ACTIVATION(isa) {Isa::isa, #isa, &kernels::select_activation<T>(Isa::isa)},
#include "kernels/activation/activation.inc"
#undef RONDO_ACTIVATION
  };
  return runnable<ActivationKernels<T>>(all);
}

// The distance of two neighbouring numbers of type T at x.
template <class T>
Real ulp(Real x) {
  const T a = std::fabs(static_cast<T>(x));
  if (std::isinf(a)) return std::ldexp(1.0L, std::numeric_limits<T>::max_exponent - std::numeric_limits<T>::digits);
  return std::nextafter(a, std::numeric_limits<T>::infinity()) - static_cast<Real>(a);
}

template <class T>
Real error_in_ulp(T got, Real want) {
  const T rounded = static_cast<T>(want);
  if (got == rounded) return 0;
  if (!std::isfinite(got) || std::isnan(want)) return std::numeric_limits<Real>::infinity();
  return std::fabs(static_cast<Real>(got) - want) / ulp<T>(want);
}

// About a million numbers over all exponents and both signs, denser where the functions bend, then the extremes.
template <class T>
std::vector<T> samples() {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::mt19937_64 random(20240229);
  std::vector<T> x;
  while (x.size() < 500'000) {
    const T v = std::bit_cast<T>(static_cast<Bits>(random()));
    if (!std::isnan(v)) x.push_back(v);
  }
  for (const T range : {T(1), T(10), T(110), T(800)})
    for (int i = 0; i < 125'000; ++i) x.push_back(std::uniform_real_distribution<T>(-range, range)(random));
  for (const T v : {T(0), std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::min(),
                    std::numeric_limits<T>::max(), std::numeric_limits<T>::infinity(), T(0.34657359), T(88.72284),
                    T(87.33655), T(103.97), T(44.4), T(709.782712893384), T(745.13)})
    for (const T s : {v, -v}) x.push_back(s);
  return x;
}

template <class T>
class ActivationKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(ActivationKernel, Types);

TYPED_TEST(ActivationKernel, SigmoidTanhAndExpAreWithinFourUlp) {
  using T = TypeParam;
  const std::vector<T> x = samples<T>();
  const Real absolute = sizeof(T) == 4 ? 1.2e-7L : 1e-15L;
  for (const auto& v : variants<T>()) {
    std::vector<T> y(x.size(), std::numeric_limits<T>::quiet_NaN());
    for (const Activation kind : {Activation::sigmoid, Activation::tanh}) {
      const ActivationFunction f{kind, 0, 0};
      v.kernels->apply(f, x.data(), y.data(), static_cast<std::int64_t>(x.size()));
      Real worst = 0, worst_absolute = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const Real want = exact<Real>(f, x[i]);
        worst = std::max(worst, error_in_ulp(y[i], want));
        worst_absolute = std::max(worst_absolute, std::fabs(y[i] - want));
      }
      EXPECT_LE(worst, 4) << v.symbol << (kind == Activation::tanh ? " tanh" : " sigmoid");
      EXPECT_LE(worst_absolute, absolute) << v.symbol << (kind == Activation::tanh ? " tanh" : " sigmoid");
      this->RecordProperty(std::string(v.symbol) + (kind == Activation::tanh ? "_tanh_ulp" : "_sigmoid_ulp"),
                           std::to_string(worst));
    }
    v.kernels->exp(x.data(), y.data(), static_cast<std::int64_t>(x.size()));
    Real worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, error_in_ulp(y[i], std::exp(Real(x[i]))));
    EXPECT_LE(worst, 4) << v.symbol << " exp";
    this->RecordProperty(std::string(v.symbol) + "_exp_ulp", std::to_string(worst));
  }
}

TYPED_TEST(ActivationKernel, TheOthersAreCloseToTheirFormula) {
  using T = TypeParam;
  std::mt19937_64 random(7);
  std::vector<T> x;
  for (int i = 0; i < 20'000; ++i) x.push_back(std::uniform_real_distribution<T>(-30, 30)(random));
  const Real eps = std::numeric_limits<T>::epsilon();
  for (const auto& v : variants<T>())
    for (const Activation kind : kAllActivations) {
      const ActivationFunction f{kind, 0.625, kind == Activation::scaled_tanh ? 0.75 : 0.25};
      std::vector<T> y(x.size(), std::numeric_limits<T>::quiet_NaN());
      v.kernels->apply(f, x.data(), y.data(), static_cast<std::int64_t>(x.size()));
      for (std::size_t i = 0; i < x.size(); ++i) {
        const Real want = exact<Real>(f, x[i]);
        // An affine map cancels, so its error is measured against its terms.
        const bool affine = kind == Activation::affine || kind == Activation::hard_sigmoid;
        const Real scale = affine ? 0.625L * std::fabs(Real(x[i])) + 0.25L : std::fabs(want);
        ASSERT_LE(std::fabs(y[i] - want), 4 * eps * scale) << v.symbol << " kind " << int(kind) << " x " << x[i];
      }
    }
}

TYPED_TEST(ActivationKernel, NanPassesAndLimitsHold) {
  using T = TypeParam;
  const T inf = std::numeric_limits<T>::infinity();
  const T big = std::numeric_limits<T>::max();
  struct Limit {
    Activation kind;
    T at_minus, at_plus;
  };
  const Limit limits[] = {{Activation::sigmoid, 0, 1},
                          {Activation::tanh, -1, 1},
                          {Activation::softsign, -1, 1},
                          {Activation::softplus, 0, inf},
                          {Activation::elu, T(-0.5), inf},
                          {Activation::hard_sigmoid, 0, 1},
                          {Activation::relu, 0, inf},
                          {Activation::leaky_relu, -inf, inf},
                          {Activation::affine, -inf, inf},
                          {Activation::scaled_tanh, T(-0.5), T(0.5)},
                          {Activation::thresholded_relu, 0, inf}};
  for (const auto& v : variants<T>()) {
    for (const Limit& l : limits) {
      const ActivationFunction f{l.kind, 0.5, 0.25};
      T x[] = {-inf, inf, std::numeric_limits<T>::quiet_NaN(), -big, big, -std::numeric_limits<T>::quiet_NaN()};
      T y[6];
      v.kernels->apply(f, x, y, 6);
      EXPECT_EQ(y[0], l.at_minus) << v.symbol << " kind " << int(l.kind);
      EXPECT_EQ(y[1], l.at_plus) << v.symbol << " kind " << int(l.kind);
      EXPECT_TRUE(std::isnan(y[2])) << v.symbol << " kind " << int(l.kind);
      EXPECT_TRUE(std::isnan(y[5])) << v.symbol << " kind " << int(l.kind);
      EXPECT_FALSE(std::isnan(y[3]) || std::isnan(y[4])) << v.symbol << " kind " << int(l.kind);
    }
    const T nan = std::numeric_limits<T>::quiet_NaN();
    T y = 0;
    v.kernels->exp(&nan, &y, 1);
    EXPECT_TRUE(std::isnan(y)) << v.symbol;
  }
}

TYPED_TEST(ActivationKernel, TanhIsOddBitForBit) {
  using T = TypeParam;
  const std::vector<T> x = samples<T>();
  std::vector<T> minus_x;
  for (const T v : x) minus_x.push_back(-v);
  for (const auto& v : variants<T>()) {
    std::vector<T> y(x.size()), z(x.size());
    const ActivationFunction f{Activation::tanh, 0, 0};
    v.kernels->apply(f, x.data(), y.data(), static_cast<std::int64_t>(x.size()));
    v.kernels->apply(f, minus_x.data(), z.data(), static_cast<std::int64_t>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(y[i], -z[i]) << v.symbol << " at " << x[i];
      ASSERT_EQ(std::signbit(y[i]), std::signbit(x[i])) << v.symbol << " at " << x[i];
    }
  }
}

TYPED_TEST(ActivationKernel, TheEndOfAnArrayIsExactAndNothingPastItIsWritten) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (int n = 0; n <= 35; ++n) {
      std::vector<T> x(static_cast<std::size_t>(n));
      for (int i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = T(i) / 7 - 2;
      std::vector<T> y(static_cast<std::size_t>(n) + 1, T(77));
      const ActivationFunction f{Activation::tanh, 0, 0};
      v.kernels->apply(f, x.data(), y.data(), n);
      for (std::size_t i = 0; i < x.size(); ++i) {
        T alone = 0;
        v.kernels->apply(f, &x[i], &alone, 1);
        EXPECT_EQ(y[i], alone) << v.symbol << " n " << n;
      }
      EXPECT_EQ(y.back(), T(77)) << v.symbol << " n " << n;
    }
}

TYPED_TEST(ActivationKernel, EachInstructionSetSelectsItsOwnVariant) {
  for (const auto& v : variants<TypeParam>()) EXPECT_STREQ(v.kernels->name, v.symbol);
}

}  // namespace
}  // namespace rondo::tests
