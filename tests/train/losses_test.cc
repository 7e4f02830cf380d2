// Sums and counts of losses against what PyTorch 1.13 computes in double from the same numbers, lengths and weights
// chosen element by element; then the edges.
#include "train/losses.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "loss_cases.h"
#include "ops/op_list.h"
#include "rondo/error.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using train::attach_loss;
using train::Loss;
using train::LossOptions;
using train::Weighting;

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<Tensor> both(Tensor a, Tensor b) {
  std::vector<Tensor> all;
  all.push_back(std::move(a));
  all.push_back(std::move(b));
  return all;
}

TEST(Losses, SumAndCountAreThoseOfPyTorch) {
  for (const LossCase& c : loss_cases()) {
    const LossRun run(c);
    const auto [sum, count] = run.value(loss_scores(DType::float64).view());
    EXPECT_NEAR(sum, c.sum, 1e-13 * std::abs(c.sum)) << c.name;
    EXPECT_NEAR(count, c.count, 1e-13) << c.name;
  }
}

TEST(Losses, PaddingHoldsAnything) {
  for (const LossCase& c : loss_cases()) {
    if (!c.options.lengths) continue;
    Tensor x = loss_scores(DType::float64);
    // Row 1 has one step of three.
    for (std::size_t i = 16; i < 24; ++i) x.values<double>()[i] = i % 2 == 0 ? kNan : kInf;
    const auto [sum, count] = LossRun(c).value(x.view());
    EXPECT_NEAR(sum, c.sum, 1e-13 * std::abs(c.sum)) << c.name;
    EXPECT_EQ(count, c.count) << c.name;
  }
}

// A graph whose output is `functions` of the input, one after the other.
struct Ending {
  Graph g;
  ValueId output;
  explicit Ending(Shape shape, DType dtype = DType::float64) {
    output = g.add_input("x", type_of(dtype, std::move(shape)));
  }
  Ending& then(const OpDef& op, Attributes attributes = {}, std::vector<ValueId> more = {}) {
    more.insert(more.begin(), output);
    output = add(g, op, std::move(attributes), more, "v" + std::to_string(g.num_values()));
    return *this;
  }
};

TEST(Losses, AttachBeforeTheFunctionTheyContain) {
  const auto note = [](Ending end, Loss loss, std::int64_t axis = -1) {
    return attach_loss(end.g, end.output, {.loss = loss, .class_axis = axis}).note.substr(0, 26);
  };
  const auto shape = [] { return Shape{2, 3, 4}; };
  EXPECT_EQ(note(Ending(shape()).then(ops::softmax()), Loss::cross_entropy), "attached before Softmax 'v");
  EXPECT_EQ(note(Ending(shape()).then(ops::softmax()), Loss::nll), "attached before Softmax 'v");
  EXPECT_EQ(note(Ending(shape()).then(ops::log_softmax()), Loss::cross_entropy), "attached before LogSoftmax");
  EXPECT_EQ(note(Ending(shape()).then(ops::log_softmax()), Loss::nll), "");
  EXPECT_EQ(note(Ending(shape()).then(ops::sigmoid()), Loss::bce_with_logits), "attached before Sigmoid 'v");
  EXPECT_EQ(note(Ending(shape()).then(ops::sigmoid()), Loss::cross_entropy), "");
  EXPECT_EQ(note(Ending(shape()).then(ops::softmax()), Loss::mse), "");
  EXPECT_EQ(note(Ending(shape()).then(ops::softmax()).then(ops::identity()), Loss::cross_entropy),
            "attached before Softmax 'v");
  Ending turned(shape());
  turned.then(ops::softmax(), {{"axis", std::int64_t{1}}})
      .then(ops::transpose(), {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  EXPECT_EQ(note(std::move(turned), Loss::cross_entropy), "attached before Softmax 'v");
  EXPECT_EQ(note(Ending(shape()).then(ops::softmax(), {{"axis", std::int64_t{1}}}), Loss::cross_entropy, 1),
            "attached before Softmax 'v");
  EXPECT_THROW(note(Ending(shape()).then(ops::softmax(), {{"axis", std::int64_t{1}}}), Loss::cross_entropy), Error);
}

TEST(Losses, MovesBehindTheFunctionAreKept) {
  // Sigmoid, then [5,1] to [5].
  Ending end(Shape{5, 1});
  end.then(ops::sigmoid()).then(ops::squeeze(), {}, {end.g.add_constant("axes", shared(int64_tensor({1})))});
  const train::LossNodes loss = attach_loss(end.g, end.output, {.loss = Loss::bce_with_logits});
  end.g.outputs = {loss.sum};
  const std::vector<double> x{-800, -1, 0, 2, 800}, y{0, 1, 1, 0, 1};
  const auto out =
      interpret(end.g, both(Tensor::of<double>(DType::float64, {5, 1}, x), Tensor::of<double>(DType::float64, {5}, y)));
  const double expected = std::log1p(std::exp(1)) + std::log(2) + std::log1p(std::exp(2));
  EXPECT_NEAR(out[0].values<double>()[0], expected, 1e-12);
}

double one_value(const LossOptions& options, std::vector<double> x, Tensor target) {
  Graph g;
  const auto classes = static_cast<std::int64_t>(x.size());
  const ValueId in = g.add_input("x", type_of(DType::float64, {1, classes}));
  const train::LossNodes loss = attach_loss(g, in, options);
  g.outputs = {loss.sum};
  return interpret(g, both(Tensor::of<double>(DType::float64, {1, classes}, x), std::move(target)))[0]
      .values<double>()[0];
}

TEST(Losses, LargeScoresDoNotOverflow) {
  const LossOptions ce{.loss = Loss::cross_entropy};
  EXPECT_DOUBLE_EQ(one_value(ce, {1e4, 0, -1e4}, int64_tensor({2})), 2e4);
  EXPECT_EQ(one_value(ce, {1e4, 0, -1e4}, int64_tensor({0})), 0);
  EXPECT_EQ(one_value(ce, {-kInf, 0, -kInf}, int64_tensor({-100})), 0) << "ignored";
  EXPECT_EQ(one_value(ce, {-kInf, 0, -kInf}, int64_tensor({1})), 0);
}

TEST(Losses, ClassesOutOfRangeAreRefusedWhileRunning) {
  EXPECT_THROW(one_value({.loss = Loss::cross_entropy}, {1, 2, 3}, int64_tensor({3})), Error);
}

TEST(Losses, RefuseOptionsThatDoNotFit) {
  const auto refused = [](const LossOptions& options, Shape shape, ErrorCode code = ErrorCode::usage) {
    Ending end(std::move(shape));
    try {
      attach_loss(end.g, end.output, options);
    } catch (const Error& e) {
      return e.code() == code;
    }
    return false;
  };
  EXPECT_TRUE(refused({.batch_axis = 3}, {2, 3, 4}));
  EXPECT_TRUE(refused({.batch_axis = 1, .time_axis = 1}, {2, 3, 4}));
  EXPECT_TRUE(refused({.lengths = true}, {2, 3, 4}));
  EXPECT_TRUE(refused({.weighting = Weighting::step}, {2, 3, 4}));
  EXPECT_TRUE(refused({.loss = Loss::huber, .delta = 0}, {2}));
  EXPECT_TRUE(refused({.loss = Loss::cross_entropy}, {2}));
  EXPECT_TRUE(refused({.loss = Loss::cross_entropy, .class_weights = {1, 2}}, {2, 3}));
  EXPECT_TRUE(refused({.loss = Loss::cross_entropy, .label_smoothing = 1.5}, {2, 3}));
  EXPECT_TRUE(refused({.loss = Loss::bce_with_logits, .pos_weight = {1, 2}}, {2, 3}));
  EXPECT_FALSE(refused({.loss = Loss::bce_with_logits, .pos_weight = {2}}, {2, 3}));
  Graph g;
  const ValueId unranked = g.add_input("x", {DType::float32, std::nullopt});
  EXPECT_THROW(attach_loss(g, unranked, {}), Error);
  const ValueId whole = g.add_input("i", type_of(DType::int64, {2}));
  EXPECT_THROW(attach_loss(g, whole, {}), Error);
  EXPECT_THROW(train::loss_named("hinge"), Error);
  EXPECT_EQ(train::loss_named("bce-with-logits"), Loss::bce_with_logits);
}

TEST(Losses, TimeFirstIsTheSameLoss) {
  // [T,N,C] of the first case with lengths and weights for steps, every tensor transposed.
  for (const LossCase& c : loss_cases()) {
    if (c.options.weighting != Weighting::step) continue;
    LossCase turned = c;
    turned.options.batch_axis = 1;
    turned.options.time_axis = 0;
    turned.time_first = true;
    const Tensor x = loss_scores(DType::float64);
    Tensor t(DType::float64, {3, 2, 4});
    for (std::size_t n = 0; n < 2; ++n)
      for (std::size_t s = 0; s < 3; ++s)
        for (std::size_t k = 0; k < 4; ++k)
          t.values<double>()[(s * 2 + n) * 4 + k] = x.values<double>()[(n * 3 + s) * 4 + k];
    const auto [sum, count] = LossRun(turned).value(t.view());
    EXPECT_NEAR(sum, c.sum, 1e-13 * std::abs(c.sum)) << c.name;
    EXPECT_NEAR(count, c.count, 1e-13) << c.name;
  }
}

TEST(Losses, HalvesAreComputedInFloat) {
  Ending end(Shape{2, 3}, DType::float16);
  const train::LossNodes loss = attach_loss(end.g, end.output, {.loss = Loss::mse});
  EXPECT_EQ(end.g.value(loss.sum).type.dtype, DType::float32);
  EXPECT_EQ(end.g.value(loss.target).type.dtype, DType::float32);
}

}  // namespace
}  // namespace rondo::test
