// The slopes of every function on every instruction set, seen through the step of RNN backwards, which is the gradient
// of the state times one slope. The formulas of the other cells: tests/backends/native_recurrent_gradient_test.cc.
#include "kernels/cell_gradient/cell_gradient.h"

#include <gtest/gtest.h>

#include "cell_cases.h"
#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::CellGradientKernels;

template <class T>
std::vector<TestedVariant<CellGradientKernels<T>>> variants() {
  const TestedVariant<CellGradientKernels<T>> all[] = {
#define RONDO_CELL_GRADIENT(isa) {Isa::isa, #isa, &kernels::select_cell_gradient<T>(Isa::isa)},
#include "kernels/cell_gradient/cell_gradient.inc"
#undef RONDO_CELL_GRADIENT
  };
  return runnable<CellGradientKernels<T>>(all);
}

// f'(x) as the tables of calculus have it; at a kink that of the side below.
Real exact_slope(const ActivationFunction& f, Real x) {
  const Real a = f.alpha, b = f.beta, one = 1;
  const auto of_tanh = [&](Real t) { return one / (std::cosh(t) * std::cosh(t)); };
  const Real sigmoid = exact<Real>(kSigmoid, x);
  switch (f.kind) {
    case Activation::affine:
      return a;
    case Activation::elu:
      return x > 0 ? one : a * std::exp(x);
    case Activation::hard_sigmoid:
      return a * x + b > 0 && a * x + b < 1 ? a : 0;
    case Activation::leaky_relu:
      return x > 0 ? one : a;
    case Activation::relu:
      return x > 0 ? one : 0;
    case Activation::scaled_tanh:
      return a * b * of_tanh(b * x);
    case Activation::sigmoid:
      return sigmoid * exact<Real>(kSigmoid, -x);
    case Activation::softplus:
      return sigmoid;
    case Activation::softsign:
      return one / ((one + std::fabs(x)) * (one + std::fabs(x)));
    case Activation::tanh:
      return of_tanh(x);
    case Activation::thresholded_relu:
      return x > a ? one : 0;
  }
  return 0;
}

template <class T>
std::vector<T> slopes(const CellGradientKernels<T>& k, const std::vector<T>& x, const kernels::RnnCell<T>& cell) {
  const auto n = static_cast<std::int64_t>(x.size());
  const std::vector<T> ones(x.size(), T(1));
  std::vector<T> got(x.size() + 1, std::numeric_limits<T>::quiet_NaN());
  k.any_rnn({n, x.data(), nullptr, ones.data(), got.data(), &cell});
  EXPECT_TRUE(std::isnan(got.back())) << "written past the end";
  got.pop_back();
  return got;
}

template <class T>
class CellGradientKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(CellGradientKernel, Types);

TYPED_TEST(CellGradientKernel, SlopesOfAllFunctions) {
  using T = TypeParam;
  std::mt19937 random(11);
  for (const auto& variant : variants<T>()) {
    EXPECT_STREQ(variant.kernels->name, variant.symbol);
    for (std::size_t i = 0; i < std::size(kAllActivations); ++i)
      for (const std::int64_t n : {0, 1, 3, 7, 8, 9, 15, 16, 17, 33, 67}) {
        const kernels::RnnCell<T> cell{some_activation(i), kNoClip<T>};
        std::vector<T> x = random_values<T>(random, n, 20);
        if (n > 8) x[3] = 0, x[4] = std::numeric_limits<T>::infinity(), x[5] = -x[4];
        const std::vector<T> got = slopes(*variant.kernels, x, cell);
        for (std::size_t k = 0; k < x.size(); ++k) {
          if (std::isinf(x[k]) && cell.f.kind == Activation::elu) continue;
          const Real want = exact_slope(cell.f, Real(x[k]));
          // Beyond 20 that of tanh stays what it is at 20.
          const Real allowed = (sizeof(T) == 4 ? 2e-6L : 1e-14L) * std::fabs(want) + 2e-17L;
          ASSERT_NEAR(Real(got[k]), want, allowed) << variant.symbol << " " << i << " at " << x[k];
        }
      }
  }
}

TYPED_TEST(CellGradientKernel, TheClipLetsThroughWhatItDoesNotChange) {
  using T = TypeParam;
  const std::vector<T> x{T(-2), T(-0.75), T(-0.5), T(0.5), T(0.75), T(0.76), std::numeric_limits<T>::quiet_NaN()};
  for (const auto& variant : variants<T>()) {
    const std::vector<T> got = slopes(*variant.kernels, x, {{Activation::affine, 3, 0}, T(0.75)});
    EXPECT_EQ(std::vector<T>(got.begin(), got.begin() + 6), (std::vector<T>{0, 3, 3, 3, 3, 0})) << variant.symbol;
    EXPECT_TRUE(std::isnan(slopes(*variant.kernels, x, {kTanh, T(0.75)}).back())) << variant.symbol;
  }
}

TYPED_TEST(CellGradientKernel, PlainStepsAreTheGeneralOnes) {
  using T = TypeParam;
  std::mt19937 random(12);
  const std::int64_t n = 37;
  const std::vector<T> x = random_values<T>(random, n, 6), dh = random_values<T>(random, n, 1),
                       grad_y = random_values<T>(random, n, 1);
  for (const auto& variant : variants<T>()) {
    const kernels::RnnCell<T> cell{kTanh, kNoClip<T>};
    std::vector<T> plain(x.size()), any(x.size());
    variant.kernels->plain_rnn({n, x.data(), grad_y.data(), dh.data(), plain.data(), nullptr});
    variant.kernels->any_rnn({n, x.data(), grad_y.data(), dh.data(), any.data(), &cell});
    EXPECT_EQ(plain, any) << variant.symbol;
    for (std::size_t k = 0; k < x.size(); ++k)
      EXPECT_NEAR(Real(any[k]), (Real(dh[k]) + Real(grad_y[k])) * exact_slope(kTanh, Real(x[k])), tolerance<T>());
  }
}

}  // namespace
}  // namespace rondo::tests
