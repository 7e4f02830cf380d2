// CTC against PyTorch 1.13 in double, and against the sum over all paths, one by one.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "autodiff/differentiate.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "rondo/error.h"
#include "support/graphs.h"
#include "train/losses.h"

namespace rondo::test {
namespace {

using train::attach_loss;
using train::Loss;
using train::LossOptions;

constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor int64_matrix(std::vector<std::int64_t> shape, std::vector<std::int64_t> values) {
  return Tensor::of<std::int64_t>(DType::int64, std::move(shape), values);
}

// [T,N,C] = [6,4,4]: 2 sin(1.7 i + 0.3).
Tensor scores() {
  Tensor x(DType::float64, {6, 4, 4});
  for (std::size_t i = 0; i < 96; ++i) x.values<double>()[i] = 2 * std::sin(1.7 * static_cast<double>(i) + 0.3);
  return x;
}

template <class... T>
std::vector<Tensor> list(T... tensors) {
  std::vector<Tensor> all;
  (all.push_back(std::move(tensors)), ...);
  return all;
}

// The operator on its own, its inputs as they are.
std::vector<double> losses(Tensor log_probs, std::vector<Tensor> rest, Attributes attributes = {}) {
  Graph g;
  std::vector<ValueId> in;
  std::vector<Tensor> given = list(std::move(log_probs));
  for (Tensor& t : rest) given.push_back(std::move(t));
  for (const Tensor& t : given)
    in.push_back(g.add_input("in" + std::to_string(in.size()), concrete_type(t.dtype(), t.shape())));
  g.outputs = {add(g, ops::ctc_loss(), std::move(attributes), in, "loss")};
  const auto out = interpret(g, given);
  const auto values = out[0].values<double>();
  return {values.begin(), values.end()};
}

Tensor log_softmax_of_scores() {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float64, {6, 4, 4}));
  g.outputs = {add(g, ops::log_softmax(), {}, {x}, "y")};
  return std::move(interpret(g, list(scores()))[0]);
}

std::vector<Tensor> four_rows() {
  return list(int64_matrix({4, 3}, {1, 2, 2, 3, 0, 0, 1, 1, 1, 0, 0, 0}), int64_tensor({6, 4, 3, 5}),
              int64_tensor({3, 1, 3, 0}));
}

TEST(Ctc, LossesAreThoseOfPyTorch) {
  const double expected[] = {3.919536595333241, 4.301359424992487, kInf, 10.57271164297259};
  const auto got = losses(log_softmax_of_scores(), four_rows());
  const auto zeroed = losses(log_softmax_of_scores(), four_rows(), {{"zero_infinity", std::int64_t{1}}});
  for (std::size_t n = 0; n < 4; ++n) {
    if (n == 2) continue;
    EXPECT_NEAR(got[n], expected[n], 1e-13);
    EXPECT_EQ(zeroed[n], got[n]);
  }
  EXPECT_EQ(got[2], kInf) << "111 needs two blanks between";
  EXPECT_EQ(zeroed[2], 0);
}

// What a path of one class a step reads as.
std::vector<std::int64_t> read(const std::vector<std::int64_t>& path, std::int64_t blank) {
  std::vector<std::int64_t> out;
  for (std::size_t t = 0; t < path.size(); ++t)
    if (path[t] != blank && (t == 0 || path[t] != path[t - 1])) out.push_back(path[t]);
  return out;
}

TEST(Ctc, IsTheSumOverAllPaths) {
  constexpr std::int64_t kClasses = 3, kSteps = 5;
  Tensor log_probs(DType::float64, {kSteps, 1, kClasses});
  for (std::size_t i = 0; i < 15; ++i)
    log_probs.values<double>()[i] = -0.3 - std::fmod(0.77 * static_cast<double>(i), 2.1);
  for (const std::int64_t blank : {0, 2})
    for (const std::vector<std::int64_t>& label : std::vector<std::vector<std::int64_t>>{{}, {1}, {1, 1}, {1, 1, 1}}) {
      double total = 0;
      std::int64_t numbered = 1;
      for (std::int64_t t = 0; t < kSteps; ++t) numbered *= kClasses;
      for (std::int64_t p = 0; p < numbered; ++p) {
        std::vector<std::int64_t> path;
        double sum = 0;
        for (std::int64_t t = 0, rest = p; t < kSteps; ++t, rest /= kClasses) {
          path.push_back(rest % kClasses);
          sum += log_probs.values<double>()[static_cast<std::size_t>(t * kClasses + rest % kClasses)];
        }
        if (read(path, blank) == label) total += std::exp(sum);
      }
      Tensor target(DType::int64, {1, 3});
      for (std::size_t i = 0; i < 3; ++i) target.values<std::int64_t>()[i] = i < label.size() ? label[i] : -7;
      const auto got = losses(
          Tensor(log_probs.view()),
          list(std::move(target), int64_tensor({kSteps}), int64_tensor({static_cast<std::int64_t>(label.size())})),
          {{"blank", blank}});
      EXPECT_NEAR(got[0], -std::log(total), 1e-12) << "blank " << blank << ", " << label.size() << " labels";
    }
}

TEST(Ctc, RowsWithoutSteps) {
  const auto got = losses(Tensor(DType::float64, {0, 2, 3}),
                          list(int64_matrix({2, 1}, {1, 1}), int64_tensor({0, 0}), int64_tensor({0, 1})));
  EXPECT_EQ(got, (std::vector<double>{0, kInf}));
}

TEST(Ctc, RefusesBadRows) {
  const auto with = [](std::vector<std::int64_t> targets, std::vector<std::int64_t> steps,
                       std::vector<std::int64_t> labels) {
    return [=] {
      losses(Tensor(DType::float64, {2, 1, 3}),
             list(int64_matrix({1, 2}, targets), int64_tensor(steps), int64_tensor(labels)));
    };
  };
  EXPECT_THROW(with({1, 2}, {3}, {1})(), Error);
  EXPECT_THROW(with({1, 2}, {-1}, {1})(), Error);
  EXPECT_THROW(with({1, 2}, {2}, {3})(), Error);
  EXPECT_THROW(with({1, 3}, {2}, {2})(), Error);
  EXPECT_THROW(with({1, 0}, {2}, {2})(), Error) << "the blank is no label";
  EXPECT_THROW(with({1, 2}, {2, 2}, {1})(), Error);
}

TEST(Ctc, MeanAndGradientArePyTorchs) {
  struct Case {
    LossOptions options;
    std::vector<std::int64_t> targets;
    double sum, count, gradient_square, gradient_product;
  };
  LossOptions ended{.loss = Loss::ctc, .batch_axis = 1, .time_axis = 0, .lengths = true, .zero_infinity = true};
  LossOptions whole{.loss = Loss::ctc, .batch_axis = 1, .time_axis = 0};
  LossOptions weighted = whole;
  weighted.weighting = train::Weighting::sample;
  weighted.blank = 3;
  const std::vector<std::int64_t> usual{1, 2, 2, 3, 0, 0, 1, 1, 1, 0, 0, 0}, other{1, 2, 2, 0, 0, 0, 1, 1, 1, 0, 0, 0};
  for (const Case& c :
       std::vector<Case>{{ended, usual, 16.180583266409492, 4, 6.956340459635879, 8.703702820227875},
                         {whole, usual, 26.58944361801605, 4, 9.99329203486622, 12.946341050750597},
                         {weighted, other, 9.663347654261468, 3.5, 2.419508210472066, -3.4909718772176177}}) {
    Graph g;
    const ValueId x = g.add_input("x", type_of(DType::float64, {6, 4, 4}));
    const train::LossNodes nodes = attach_loss(g, x, c.options);
    g.outputs = {nodes.sum, nodes.count};
    g.outputs.push_back(differentiate(g, nodes.sum, {&x, 1})[0]);
    std::vector<Tensor> given = list(scores());
    for (std::size_t i = 1; i < g.inputs.size(); ++i) {
      const ValueId in = g.inputs[i];
      if (in == nodes.lengths) given.push_back(int64_tensor({6, 4, 3, 5}));
      if (in == nodes.target) given.push_back(int64_matrix({4, 3}, c.targets));
      if (in == nodes.target_lengths) given.push_back(int64_tensor({3, 1, 3, 0}));
      if (in == nodes.weight)
        given.push_back(Tensor::of<double>(DType::float64, {4}, std::vector<double>{1, 0.5, 2, 0}));
    }
    const auto out = interpret(g, given);
    EXPECT_NEAR(out[0].values<double>()[0], c.sum, 1e-12);
    EXPECT_EQ(out[1].values<double>()[0], c.count);
    double square = 0, product = 0;
    const auto slopes = out[2].values<double>();
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      square += slopes[i] * slopes[i];
      product += static_cast<double>(i + 1) * slopes[i];
    }
    EXPECT_NEAR(square, c.gradient_square, 1e-12);
    EXPECT_NEAR(product, c.gradient_product, 1e-10);
  }
}

// The gradient by log probabilities that add up to anything.
TEST(Ctc, TheGradientIsThatOfTheFunction) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float64, {5, 2, 3})),
                t = g.add_input("t", type_of(DType::int64, {2, 2})),
                steps = g.add_input("steps", type_of(DType::int64, {2})),
                labels = g.add_input("labels", type_of(DType::int64, {2}));
  const ValueId loss = add(g, ops::ctc_loss(), {}, {x, t, steps, labels}, "loss");
  const ValueId sum = add(g, ops::reduce_sum(), {{"keepdims", std::int64_t{0}}}, {loss}, "sum");
  g.outputs = {sum, differentiate(g, sum, {&x, 1})[0]};
  const auto at = [&](std::size_t moved, double by) {
    std::vector<Tensor> in = list(random_tensor(DType::float64, {5, 2, 3}, 5), int64_matrix({2, 2}, {1, 1, 2, 9}),
                                  int64_tensor({5, 3}), int64_tensor({2, 1}));
    in[0].values<double>()[moved] += by;
    return interpret(g, in);
  };
  const auto slopes = std::move(at(0, 0)[1]);
  constexpr double kStep = 1e-5;
  for (std::size_t i = 0; i < 30; ++i) {
    const double difference = at(i, kStep)[0].values<double>()[0] - at(i, -kStep)[0].values<double>()[0];
    EXPECT_NEAR(slopes.values<double>()[i], difference / (2 * kStep), 1e-9) << i;
  }
}

TEST(Ctc, RefusesOutputsWithoutSteps) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float64, {6, 4, 4})),
                flat = g.add_input("f", type_of(DType::float64, {6, 4}));
  EXPECT_THROW(attach_loss(g, x, {.loss = Loss::ctc}), Error);
  EXPECT_THROW(attach_loss(g, flat, {.loss = Loss::ctc, .time_axis = 1}), Error);
  EXPECT_THROW(attach_loss(g, x, {.loss = Loss::ctc, .time_axis = 1, .weighting = train::Weighting::step}), Error);
  EXPECT_THROW(attach_loss(g, x, {.loss = Loss::ctc, .time_axis = 1, .blank = 4}), Error);
}

}  // namespace
}  // namespace rondo::test
