#include "tools/rondo/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rondo::tool {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

Tensor doubles(std::vector<double> values) {
  return Tensor::of<double>(DType::float64, {static_cast<std::int64_t>(values.size())},
                            std::span<const double>(values));
}

Comparison compared(std::vector<double> got, std::vector<double> expected, ToleranceChoice choice = {}) {
  const Tensor a = doubles(std::move(got)), b = doubles(std::move(expected));
  return compare(a.view(), b.view(), choice);
}

TEST(Compare, TheBoundIsAbsolutePlusRelative) {
  EXPECT_TRUE(compared({1.5}, {1.25}, {0.25, 0}).ok());
  EXPECT_FALSE(compared({1.5 + 1e-9}, {1.25}, {0.25, 0}).ok());
  EXPECT_TRUE(compared({-12.}, {-8.}, {2, 0.25}).ok());
  EXPECT_FALSE(compared({-8.}, {-12.}, {0, 0.25}).ok());  // relative to what was expected
  EXPECT_TRUE(compared({-9.}, {-12.}, {0, 0.25}).ok());
}

TEST(Compare, DefaultsFollowTheType) {
  EXPECT_TRUE(compared({1 + 1.9e-9}, {1}).ok());
  EXPECT_FALSE(compared({1 + 2.1e-9}, {1}).ok());
  const std::vector<float> one{1}, near{1 + 1.8e-5f}, far{1 + 2.3e-5f};
  const auto f = [](const std::vector<float>& v) { return Tensor::of<float>(DType::float32, {1}, v); };
  EXPECT_TRUE(compare(f(near).view(), f(one).view(), {}).ok());
  EXPECT_FALSE(compare(f(far).view(), f(one).view(), {}).ok());
}

TEST(Compare, OnlyNanEqualsNan) {
  EXPECT_TRUE(compared({kNan}, {kNan}).ok());
  EXPECT_FALSE(compared({kNan}, {1}, {1e9, 1e9}).ok());
  EXPECT_FALSE(compared({1}, {kNan}, {1e9, 1e9}).ok());
  EXPECT_EQ(compared({kNan}, {1}).worst, kInf);
}

TEST(Compare, InfinitiesBySign) {
  EXPECT_TRUE(compared({kInf, -kInf}, {kInf, -kInf}).ok());
  EXPECT_FALSE(compared({kInf}, {-kInf}, {1, 1}).ok());
  EXPECT_FALSE(compared({1}, {kInf}, {1, 1}).ok());
  EXPECT_FALSE(compared({kInf}, {1}, {1, 1}).ok());
}

TEST(Compare, NamesTheFirstAndTheWorst) {
  const Comparison c = compared({0, 1.5, 0, 7, 1}, {0, 1, 0, 4, 0});
  EXPECT_EQ(c.bad, 3);
  EXPECT_EQ(c.first_bad, 1);
  EXPECT_EQ(c.worst, 3);
  EXPECT_EQ(c.worst_at, 3);
}

TEST(Compare, IntegersExactlyWhateverTheTolerance) {
  const std::vector<std::int64_t> a{(std::int64_t{1} << 53) + 1}, b{std::int64_t{1} << 53};
  const Tensor x = Tensor::of<std::int64_t>(DType::int64, {1}, a), y = Tensor::of<std::int64_t>(DType::int64, {1}, b);
  EXPECT_TRUE(compare(x.view(), x.view(), {}).ok());
  const Comparison c = compare(x.view(), y.view(), {5, 5});
  EXPECT_FALSE(c.ok());
  EXPECT_EQ(c.worst_at, 0);
}

TEST(Compare, TypeAndShapeMustMatch) {
  EXPECT_NE(compared({1, 2}, {1}).mismatch, "");
  const std::vector<float> one{1};
  EXPECT_FALSE(compare(Tensor::of<float>(DType::float32, {1}, one).view(), doubles({1}).view(), {}).ok());
  EXPECT_FALSE(compare(Tensor(DType::float64, {0, 2}).view(), Tensor(DType::float64, {2, 0}).view(), {}).ok());
  EXPECT_TRUE(compare(Tensor(DType::float64, {0, 2}).view(), Tensor(DType::float64, {0, 2}).view(), {}).ok());
}

}  // namespace
}  // namespace rondo::tool
