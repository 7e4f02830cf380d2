// What differentiate does with a graph: which nodes it visits, how contributions meet, and what it refuses.
#include "autodiff/differentiate.h"

#include <gmock/gmock.h>

#include "ops/op_list.h"
#include "rondo/error.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TensorType real(Shape shape) { return type_of(DType::float64, std::move(shape)); }
Tensor vector_of(std::vector<double> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return Tensor::of<double>(DType::float64, {n}, values);
}
std::vector<double> values(const Tensor& t) { return {t.values<double>().begin(), t.values<double>().end()}; }

std::vector<Tensor> given(std::initializer_list<std::vector<double>> lists) {
  std::vector<Tensor> out;
  for (const auto& list : lists) out.push_back(vector_of(list));
  return out;
}

std::size_t count(const Graph& g, std::string_view op) {
  return static_cast<std::size_t>(
      std::ranges::count_if(g.order(), [&](NodeId id) { return g.node(id).op->name == op; }));
}

TEST(Differentiate, OfASumOfProductsIsTheOtherFactor) {
  Graph g;
  const ValueId x = g.add_input("x", real({3})), w = g.add_input("w", real({3}));
  const ValueId product = add(g, ops::mul(), {}, {x, w}, "product");
  const ValueId loss = add(g, ops::reduce_sum(), {{"keepdims", std::int64_t{0}}}, {product}, "loss");
  const auto grads = differentiate(g, loss, std::vector{x, w});
  g.outputs = grads;
  verify(g);
  const auto out = interpret(g, given({{1, 2, 3}, {5, 7, 11}}));
  EXPECT_THAT(values(out[0]), ElementsAre(5, 7, 11));
  EXPECT_THAT(values(out[1]), ElementsAre(1, 2, 3));
}

TEST(Differentiate, AddsContributionsOnce) {
  Graph g;
  const ValueId x = g.add_input("x", real({2}));
  const ValueId a = add(g, ops::mul(), {}, {x, x}, "a"), b = add(g, ops::exp(), {}, {x}, "b");
  const ValueId y = add(g, ops::sum(), {}, {a, b, x}, "y");
  const ValueId seed = g.add_input("seed", real({2}));
  const auto grads = differentiate(g, std::vector<Seed>{{y, seed}}, std::vector{x});
  EXPECT_EQ(count(g, "Sum"), 2u);  // that of the model and that of the four contributions
  EXPECT_EQ(count(g, "Add"), 0u);
  g.outputs = grads;
  const auto out = interpret(g, given({{0, 1}, {1, 10}}));
  EXPECT_THAT(values(out[0]), ElementsAre(2, ::testing::DoubleNear(10 * (2 + std::exp(1.0) + 1), 1e-12)));
}

TEST(Differentiate, AValueMayBeSeedAndWanted) {
  Graph g;
  const ValueId x = g.add_input("x", real({2})), seed = g.add_input("seed", real({2}));
  const ValueId y = add(g, ops::neg(), {}, {x}, "y");
  const auto grads = differentiate(g, std::vector<Seed>{{y, seed}, {x, seed}, {y, seed}}, std::vector{x, y});
  g.outputs = grads;
  const auto out = interpret(g, given({{0, 1}, {1, 10}}));
  EXPECT_THAT(values(out[0]), ElementsAre(-1, -10));
  EXPECT_THAT(values(out[1]), ElementsAre(2, 20));
}

TEST(Differentiate, VisitsOnlyWhatLiesBetween) {
  Graph g;
  const ValueId x = g.add_input("x", real({2})), other = g.add_input("other", real({2}));
  const ValueId unused = add(g, ops::exp(), {}, {x}, "unused");
  const ValueId scaled = add(g, ops::tanh(), {}, {other}, "scaled");
  const ValueId y = add(g, ops::mul(), {}, {x, scaled}, "y");
  const ValueId seed = g.add_input("seed", real({2}));
  const auto grads = differentiate(g, std::vector<Seed>{{y, seed}}, std::vector{x, unused});
  EXPECT_EQ(grads[1], kNone);
  EXPECT_EQ(count(g, "Mul"), 2u);
  EXPECT_EQ(g.order().size(), 4u);  // nothing of Exp and Tanh
}

TEST(Differentiate, IntegersAndStepsLetNothingThrough) {
  Graph g;
  const ValueId x = g.add_input("x", real({3}));
  const ValueId whole = add(g, ops::cast(), {{"to", std::int64_t{7}}}, {x}, "whole");
  const ValueId back = add(g, ops::cast(), {{"to", std::int64_t{11}}}, {whole}, "back");
  const ValueId rounded = add(g, ops::round(), {}, {x}, "rounded");
  const ValueId y = add(g, ops::add(), {}, {back, rounded}, "y");
  const ValueId seed = g.add_input("seed", real({3}));
  EXPECT_EQ(differentiate(g, std::vector<Seed>{{y, seed}}, std::vector{x})[0], kNone);
  EXPECT_EQ(g.order().size(), 4u);
}

TEST(Differentiate, OfACastHasTheTypeOfItsInput) {
  Graph g;
  const ValueId x = g.add_input("x", real({2})), like = g.add_input("like", type_of(DType::float32, {}));
  const ValueId narrow = add(g, ops::cast_like(), {}, {x, like}, "narrow");
  const ValueId wide = add(g, ops::cast(), {{"to", std::int64_t{11}}}, {narrow}, "wide");
  const ValueId seed = g.add_input("seed", real({2}));
  const auto grads = differentiate(g, std::vector<Seed>{{wide, seed}}, std::vector{x, narrow, like});
  EXPECT_EQ(g.value(grads[0]).type, real({2}));
  EXPECT_EQ(g.value(grads[1]).type, type_of(DType::float32, {2}));
  EXPECT_EQ(grads[2], kNone);
  g.outputs = {grads[0]};
  std::vector<Tensor> in = given({{1, 2}, {0.5, 0.1}});
  in.insert(in.begin() + 1, random_tensor(DType::float32, {}, 1));
  EXPECT_THAT(values(interpret(g, in)[0]), ElementsAre(0.5, static_cast<double>(0.1f)));
}

// The number of steps is that of the elements; the last number only decides on it.
TEST(Differentiate, OfARangeIsTheSumOfItsSteps) {
  Graph g;
  const ValueId start = g.add_input("start", real({})), delta = g.add_input("delta", real({}));
  const double end = 1;
  const ValueId limit = g.add_constant("limit", shared(Tensor::of<double>(DType::float64, {}, {&end, 1})));
  const ValueId y = add(g, ops::range(), {}, {start, limit, delta}, "y");
  const ValueId seed = g.add_input("seed", real({Dim()}));
  g.outputs = differentiate(g, std::vector<Seed>{{y, seed}}, std::vector{start, delta});
  std::vector<Tensor> in;
  const double zero = 0, step = 0.3;
  in.push_back(Tensor::of<double>(DType::float64, {}, {&zero, 1}));
  in.push_back(Tensor::of<double>(DType::float64, {}, {&step, 1}));
  in.push_back(vector_of({1, 2, 4, 8}));
  const auto out = interpret(g, in);
  EXPECT_EQ(out[0].values<double>()[0], 15);
  EXPECT_EQ(out[1].values<double>()[0], 0 + 2 + 8 + 24);
}

// The statistics that LayerNormalization gives beside its result have the slopes of the same ones written out.
TEST(Differentiate, OfTheStatisticsOfLayerNormalization) {
  const TensorType pair = type_of(DType::float32, {2, 1});
  std::vector<std::vector<double>> found;
  for (const bool written_out : {false, true}) {
    Graph g;
    const ValueId x = g.add_input("x", real({2, 3})), by_mean = g.add_input("by_mean", pair);
    const ValueId by_deviation = g.add_input("by_deviation", pair);
    ValueId mean, deviation;
    if (written_out) {
      const double epsilon = 0.25, one = 1;
      const auto number = [&](const char* name, const double& v) {
        return g.add_constant(name, shared(Tensor::of<double>(DType::float64, {}, {&v, 1})));
      };
      const auto narrow = [&](ValueId v, const char* name) {
        return add(g, ops::cast(), {{"to", std::int64_t{1}}}, {v}, name);
      };
      const ValueId axes = g.add_constant("axes", shared(int64_tensor({1})));
      const ValueId centre = add(g, ops::reduce_mean(), {}, {x, axes}, "centre");
      const ValueId rest = add(g, ops::sub(), {}, {x, centre}, "rest");
      const ValueId square =
          add(g, ops::reduce_mean(), {}, {add(g, ops::mul(), {}, {rest, rest}, "squares"), axes}, "square");
      const ValueId root =
          add(g, ops::sqrt(), {}, {add(g, ops::add(), {}, {square, number("epsilon", epsilon)}, "above")}, "root");
      mean = narrow(centre, "mean");
      deviation = narrow(add(g, ops::div(), {}, {number("one", one), root}, "inverse"), "deviation");
    } else {
      const ValueId scale = g.add_constant("scale", shared(random_tensor(DType::float64, {3}, 5)));
      g.add_node(ops::layer_normalization(), "norm", {{"epsilon", 0.25f}}, {x, scale}, {"y", "mean", "deviation"});
      mean = g.find_value("mean");
      deviation = g.find_value("deviation");
    }
    g.outputs = differentiate(g, std::vector<Seed>{{mean, by_mean}, {deviation, by_deviation}}, std::vector{x});
    std::vector<Tensor> in;
    in.push_back(random_tensor(DType::float64, {2, 3}, 1));
    for (const std::uint64_t seed : {2, 3}) in.push_back(random_tensor(DType::float32, {2, 1}, seed));
    found.push_back(values(interpret(g, in)[0]));
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found[0][i], found[1][i], 1e-12);
  EXPECT_GT(std::abs(found[0][0]), 1e-3);
}

TEST(Differentiate, AnUndifferentiatedPathIsNoObstacle) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {4})), w = g.add_input("w", type_of(DType::float32, {4}));
  g.add_node(ops::dynamic_quantize_linear(), "quantize", {}, {x}, {"q", "scale", "zero"});
  const ValueId y = add(g, ops::mul(), {}, {w, g.find_value("scale")}, "y");
  const ValueId seed = g.add_input("seed", type_of(DType::float32, {4}));
  EXPECT_NE(differentiate(g, std::vector<Seed>{{y, seed}}, std::vector{w})[0], kNone);
}

TEST(Differentiate, NamesEveryNodeWithoutARule) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {4}));
  g.add_node(ops::dynamic_quantize_linear(), "first", {}, {x}, {"q", "scale", "zero"});
  const ValueId y = add(g, ops::mul(), {}, {x, g.find_value("scale")}, "y");
  g.add_node(ops::dynamic_quantize_linear(), "second", {}, {y}, {"q2", "scale2", "zero2"});
  const ValueId scale = g.find_value("scale2"), seed = g.add_input("seed", type_of(DType::float32, {}));
  try {
    differentiate(g, std::vector<Seed>{{scale, seed}}, std::vector{x});
    ADD_FAILURE() << "was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_EQ(e.where().node, "first");
    EXPECT_THAT(e.what(),
                ::testing::AllOf(HasSubstr("DynamicQuantizeLinear"), HasSubstr("second"), HasSubstr("Fix: ")));
  }
}

TEST(Differentiate, NamesWhatARuleCannotDo) {
  Graph g;
  const ValueId a = g.add_input("a", {DType::float64, std::nullopt}), b = g.add_input("b", real({2, 2}));
  const ValueId y = add(g, ops::mat_mul(), {}, {a, b}, "y"), z = add(g, ops::mat_mul(), {}, {y, b}, "z");
  const ValueId seed = g.add_input("seed", {DType::float64, std::nullopt});
  try {
    differentiate(g, std::vector<Seed>{{z, seed}, {y, seed}}, std::vector{a});
    ADD_FAILURE() << "was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_THAT(e.what(), ::testing::AllOf(HasSubstr("node 'z'"), HasSubstr("number of dims"), HasSubstr("'y'")));
  }
}

TEST(Differentiate, RefusesIntegersAndTensorsForALoss) {
  Graph g;
  const ValueId x = g.add_input("x", real({3})), n = g.add_input("n", type_of(DType::int64, {}));
  for (const auto& [loss, wanted] : {std::pair(x, x), std::pair(n, x), std::pair(x, n)}) {
    try {
      differentiate(g, loss, std::vector{wanted});
      ADD_FAILURE() << "was accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::usage);
    }
  }
}

// A batch that is not known, behind a reshape and a product: shapes are those of the values when the graph runs.
TEST(Differentiate, OnceForAllSizes) {
  Graph g;
  const ValueId x = g.add_input("x", real({Dim("N"), 2, 2})), w = g.add_input("w", real({4, 3}));
  const ValueId b = g.add_input("b", real({3}));
  const ValueId shape = g.add_constant("shape", shared(int64_tensor({0, -1})));
  const ValueId flat = add(g, ops::reshape(), {}, {x, shape}, "flat");
  const ValueId y = add(g, ops::add(), {}, {add(g, ops::mat_mul(), {}, {flat, w}, "product"), b}, "y");
  const ValueId loss = add(g, ops::reduce_mean(), {{"keepdims", std::int64_t{0}}}, {y}, "loss");
  g.outputs = differentiate(g, loss, std::vector{x, w, b});
  verify(g);
  for (const std::int64_t n : {1, 3}) {
    std::vector<Tensor> in;
    in.push_back(random_tensor(DType::float64, {n, 2, 2}, 1));
    in.push_back(random_tensor(DType::float64, {4, 3}, 2));
    in.push_back(random_tensor(DType::float64, {3}, 3));
    const auto out = interpret(g, in);
    EXPECT_EQ(out[0].shape(), (std::vector<std::int64_t>{n, 2, 2}));
    EXPECT_EQ(out[1].shape(), (std::vector<std::int64_t>{4, 3}));
    EXPECT_NEAR(out[2].values<double>()[1], 1.0 / 3, 1e-15);
  }
}

}  // namespace
}  // namespace rondo::test
