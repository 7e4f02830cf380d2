// Elementwise operators on the native backend against their scalar references.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/native/native.h"
#include "step_case.h"

namespace rondo::test {
namespace {

struct Shapes {
  Shape64 a, b;
};

const Shapes kShapes[] = {{{}, {}},
                          {{7}, {}},
                          {{2, 3, 37}, {2, 3, 37}},
                          {{2, 3, 37}, {37}},
                          {{2, 3, 37}, {3, 1}},
                          {{3, 1, 5}, {1, 4, 1}},
                          {{1, 9, 1}, {4, 1, 33}},
                          {{4, 1}, {4, 1}},
                          {{2, 16, 5, 9}, {1, 16, 1, 1}},
                          {{0, 3}, {1, 3}},
                          {{700, 600}, {700, 600}}};

StepCase case_of(const std::string& op, const Shapes& s, bool b = true) {
  StepCase c{.candidates = native_candidates, .op = op};
  c.inputs.push_back(random_floats(s.a, 1, 3));
  if (b) c.inputs.push_back(random_floats(s.b, 2, 3));
  return c;
}

bool broadcasts_one_way(const Shapes& s) {
  if (s.b.size() > s.a.size()) return false;
  for (std::size_t i = 1; i <= s.b.size(); ++i)
    if (s.b[s.b.size() - i] != 1 && s.b[s.b.size() - i] != s.a[s.a.size() - i]) return false;
  return true;
}

template <class F>
void for_each_case(F&& f) {
  for (const char* op : {"Add", "Sub", "Mul", "Div", "PRelu"})
    for (const Shapes& s : kShapes)
      if (op != std::string("PRelu") || broadcasts_one_way(s)) f(case_of(op, s));
  for (const char* op : {"LeakyRelu", "Relu", "Sigmoid", "Tanh"})
    for (const Shapes& s : kShapes) f(case_of(op, s, false));
}

TEST(NativeElementwise, IsTheReference) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa > detected_isa()) continue;
    for_each_case([&](StepCase c) {
      c.options.isa = isa;
      SCOPED_TRACE(c.op + to_string(c.inputs[0].shape()) + std::string(name_of(isa)));
      EXPECT_EQ(c.refusal(), "");
      expect_matches_reference(c, 1.2e-7, 1.2e-7);
    });
  }
}

TEST(NativeElementwise, HasTheSameBitsOnAnyNumberOfThreads) {
  for_each_case([](const StepCase& c) {
    const std::vector<Tensor> one = c.run();
    for (const int threads : {2, 3}) EXPECT_EQ(different_bits(one, c.run_with_threads(threads)), 0) << c.op;
  });
}

StepCase power(float exponent, bool constant) {
  StepCase c{.candidates = native_candidates, .op = "Pow", .constant = {false, constant}};
  c.inputs.push_back(random_floats({3, 37}, 1, 3));
  c.inputs.emplace_back(DType::float32, Shape64{1, 1, 1});
  c.inputs[1].values<float>()[0] = exponent;
  return c;
}

TEST(NativeElementwise, SquaresAreProducts) {
  expect_matches_reference(power(2, true), 0, 1.2e-7);
  EXPECT_EQ(power(3, true).refusal(), "the exponent is not 2");
  EXPECT_EQ(power(2, false).refusal(), "the exponent is not one constant");
}

StepCase softmax(Shape64 shape, std::int64_t axis) {
  StepCase c{.candidates = native_candidates, .op = "Softmax", .attributes = {{"axis", axis}}};
  c.inputs.push_back(random_floats(std::move(shape), 1, 30));
  return c;
}

TEST(NativeElementwise, SoftmaxAlongTheLastAxis) {
  for (const std::int64_t n : {1, 2, 7, 8, 9, 31, 64, 257}) {
    const StepCase c = softmax({3, 5, n}, -1);
    EXPECT_EQ(c.refusal(), "");
    expect_matches_reference(c, 1e-7, 6e-7);
    EXPECT_EQ(different_bits(c.run(), c.run_with_threads(3)), 0);
  }
  expect_matches_reference(softmax({0, 4}, 1), 0, 0);
  expect_matches_reference(softmax({4, 3, 1}, 1), 1e-7, 6e-7);
  const StepCase large = softmax({300, 400}, 1);
  EXPECT_EQ(different_bits(large.run(), large.run_with_threads(3)), 0);
  EXPECT_EQ(softmax({4, 3, 2}, 1).refusal(), "axis 1 is not the last");
}

TEST(NativeElementwise, SoftmaxOfSpecialNumbers) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  StepCase c = softmax({5, 3}, -1);
  const float rows[] = {0, -inf, 0, -inf, -inf, -inf, 1, inf, 0, 1, nan, 2, 3e38f, -3e38f, 3e38f};
  std::ranges::copy(rows, c.inputs[0].values<float>().begin());
  const auto got = c.run();
  const auto expected = c.reference();
  for (std::size_t i = 0; i < 15; ++i) {
    const double g = static_cast<double>(got[0].values<float>()[i]), e = expected[0].values<double>()[i];
    EXPECT_TRUE(std::isnan(e) ? std::isnan(g) : std::abs(g - e) < 1e-7) << i << ": " << g << " for " << e;
  }
}

TEST(NativeElementwise, RefusesOtherTypes) {
  StepCase c = case_of("Add", kShapes[1]);
  for (Tensor& t : c.inputs) t = Tensor(DType::int32, t.shape());
  EXPECT_EQ(c.refusal(), "element type int32");
}

}  // namespace
}  // namespace rondo::test
