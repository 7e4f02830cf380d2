// Gradients where a function has a kink, a pole or a value that is not a number: as PyTorch gives them.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "autodiff/differentiate.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Tensor list(const std::vector<double>& values) {
  return Tensor::of<double>(DType::float64, {static_cast<std::int64_t>(values.size())}, values);
}

// The gradients of the sum of a node's first output by every input.
std::vector<std::vector<double>> slopes(const OpDef& op, Attributes attributes,
                                        const std::vector<std::vector<double>>& inputs) {
  Graph g;
  std::vector<ValueId> ids;
  std::vector<Tensor> given;
  for (const auto& values : inputs) {
    given.push_back(list(values));
    ids.push_back(g.add_input("x" + std::to_string(ids.size()), concrete_type(DType::float64, given.back().shape())));
  }
  const ValueId y = add(g, op, std::move(attributes), ids, "y");
  const ValueId loss = add(g, ops::reduce_sum(), {{"keepdims", std::int64_t{0}}}, {y}, "loss");
  g.outputs = differentiate(g, loss, ids);
  std::vector<std::vector<double>> out;
  for (const Tensor& t : interpret(g, given)) out.emplace_back(t.values<double>().begin(), t.values<double>().end());
  return out;
}

TEST(Kinks, OfOneInput) {
  EXPECT_THAT(slopes(ops::relu(), {}, {{-1, 0, 1}})[0], ElementsAre(0, 0, 1));
  EXPECT_THAT(slopes(ops::abs(), {}, {{-1, 0, 1}})[0], ElementsAre(-1, 0, 1));
  EXPECT_THAT(slopes(ops::leaky_relu(), {{"alpha", 0.5f}}, {{-1, 0, 1}})[0], ElementsAre(0.5, 0.5, 1));
  EXPECT_THAT(slopes(ops::elu(), {}, {{0, 1000}})[0], ElementsAre(1, 1));
  EXPECT_THAT(slopes(ops::hard_sigmoid(), {{"alpha", 0.25f}}, {{-2, 0, 2}})[0], ElementsAre(0, 0.25, 0));
  EXPECT_THAT(slopes(ops::softplus(), {}, {{-1000, 0, 1000}})[0], ElementsAre(0, 0.5, 1));
  EXPECT_THAT(slopes(ops::sqrt(), {}, {{0, 4}})[0], ElementsAre(kInf, 0.25));
  EXPECT_THAT(slopes(ops::sigmoid(), {}, {{-1000, 1000}})[0], ElementsAre(0, 0));
}

TEST(Kinks, ElementsOfOneSizeShareAMaximum) {
  const auto by_pair = slopes(ops::max(), {}, {{1, 2, 3}, {1, 3, 2}});
  EXPECT_THAT(by_pair[0], ElementsAre(0.5, 0, 1));
  EXPECT_THAT(by_pair[1], ElementsAre(0.5, 1, 0));
  EXPECT_THAT(slopes(ops::min(), {}, {{2, 0}, {2, 1}, {2, 0}})[2], ElementsAre(1.0 / 3, 0.5));
  EXPECT_THAT(slopes(ops::reduce_max(), {}, {{4, 4, 1, 4}})[0], ElementsAre(1.0 / 3, 1.0 / 3, 0, 1.0 / 3));
}

TEST(Kinks, APowerAtZero) {
  const auto slope = slopes(ops::pow(), {}, {{0, 0, 0, -2}, {0, 1, 2, 3}});
  EXPECT_THAT(slope[0], ElementsAre(0, 1, 0, 12));
  EXPECT_THAT(std::vector(slope[1].begin(), slope[1].end() - 1), ElementsAre(0, 0, 0));
}

TEST(Kinks, ABoundLetsItsOwnElementsThrough) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float64, {5}));
  const ValueId low = g.add_constant("low", shared(Tensor::of<double>(DType::float64, {}, std::vector<double>{-1})));
  const ValueId high = g.add_constant("high", shared(Tensor::of<double>(DType::float64, {}, std::vector<double>{1})));
  const ValueId y = add(g, ops::clip(), {}, {x, low, high}, "y");
  const ValueId loss = add(g, ops::reduce_sum(), {{"keepdims", std::int64_t{0}}}, {y}, "loss");
  g.outputs = differentiate(g, loss, std::vector{x});
  std::vector<Tensor> in;
  in.push_back(list({-2, -1, 0, 1, 2}));
  const auto out = interpret(g, in);
  EXPECT_THAT(std::vector<double>(out[0].values<double>().begin(), out[0].values<double>().end()),
              ElementsAre(0, 1, 1, 1, 0));
}

TEST(Kinks, WithZerosAProductHasTheProductOfTheOthers) {
  EXPECT_THAT(slopes(ops::reduce_prod(), {}, {{2, 0, 5}})[0], ElementsAre(0, 10, 0));
  EXPECT_THAT(slopes(ops::reduce_prod(), {}, {{0, 3, 0}})[0], ElementsAre(0, 0, 0));
  EXPECT_THAT(slopes(ops::reduce_l2(), {}, {{0, 0}})[0], ElementsAre(0, 0));
}

TEST(Kinks, AWindowThatSeesOnlyPaddingGivesNothing) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float64, {1, 1, 2})),
                seed = g.add_input("seed", type_of(DType::float64, {1, 1, 3}));
  const ValueId y =
      add(g, ops::max_pool(),
          {{"kernel_shape", std::vector<std::int64_t>{1}}, {"pads", std::vector<std::int64_t>{1, 0}}}, {x}, "y");
  g.outputs = differentiate(g, std::vector<Seed>{{y, seed}}, std::vector{x});
  std::vector<Tensor> in;
  in.push_back(Tensor::of<double>(DType::float64, {1, 1, 2}, std::vector<double>{1, 2}));
  in.push_back(Tensor::of<double>(DType::float64, {1, 1, 3}, std::vector<double>{100, 5, 7}));
  const auto out = interpret(g, in);
  EXPECT_THAT(std::vector<double>(out[0].values<double>().begin(), out[0].values<double>().end()), ElementsAre(5, 7));
}

// NaN and infinity in the branch that is not taken stay there.
TEST(Kinks, AnUntakenBranchHasNoInfluence) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float64, {3}));
  const ValueId zero = g.add_constant("zero", shared(Tensor::of<double>(DType::float64, {}, std::vector<double>{0})));
  const ValueId positive = add(g, ops::greater(), {}, {x, zero}, "positive");
  const ValueId spoilt = g.add_input("spoilt", type_of(DType::float64, {3}));
  const ValueId y = add(g, ops::where(), {}, {positive, x, spoilt}, "y");
  const ValueId loss = add(g, ops::reduce_sum(), {{"keepdims", std::int64_t{0}}}, {y}, "loss");
  g.outputs = differentiate(g, loss, std::vector{x, spoilt});
  std::vector<Tensor> in;
  in.push_back(list({1, -1, 2}));
  in.push_back(list({kNan, 5, kInf}));
  const auto out = interpret(g, in);
  const auto values = [](const Tensor& t) {
    return std::vector<double>(t.values<double>().begin(), t.values<double>().end());
  };
  EXPECT_THAT(values(out[0]), ElementsAre(1, 0, 1));
  EXPECT_THAT(values(out[1]), ElementsAre(0, 1, 0));
}

}  // namespace
}  // namespace rondo::test
