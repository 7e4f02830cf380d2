#include "passes/padding.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using Ints = std::vector<std::int64_t>;

// X [N,T,3] -> bidirectional GRU -> per-step scores, as PyTorch exports a batch-first tagger.
struct Tagger {
  Graph g;
  ValueId y = kNone;  // [N,T,8]
  NodeId gru = kNoNode;

  explicit Tagger(const char* direction = "bidirectional", std::int64_t D = 2) {
    const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("N"), Dim("T"), Dim(3)}));
    const ValueId xt = add(g, ops::transpose(), {{"perm", Ints{1, 0, 2}}}, {x}, "xt");
    const auto weight = [&](const std::string& name, Ints shape) {
      return g.add_constant(name, shared(random_tensor(DType::float32, std::move(shape), g.num_values() + 3)));
    };
    gru = g.add_node(ops::gru(), "gru", {{"direction", std::string(direction)}},
                     {xt, weight("W", {D, 12, 3}), weight("R", {D, 12, 4}), weight("B", {D, 24})}, {"Y", "Y_h"});
    const ValueId yt = add(g, ops::transpose(), {{"perm", Ints{2, 0, 1, 3}}}, {g.node(gru).outputs[0]}, "yt");
    const ValueId merged = g.add_constant("merged", shared(int64_tensor({0, 0, -1})));
    y = add(g, ops::reshape(), {}, {yt, merged}, "y");
  }
};

Tensor rows(const Tensor& x, std::int64_t row, std::int64_t steps) {
  Tensor made(DType::float32, {1, steps, x.shape()[2]});
  std::memcpy(made.data(), x.values<float>().data() + row * x.shape()[1] * x.shape()[2], made.bytes());
  return made;
}

TEST(Padding, ARowInABatchGivesWhatItGivesAlone) {
  Tagger alone, together;
  const auto finish = [](Tagger& t) {
    t.g.outputs = {add(t.g, ops::softmax(), {{"axis", std::int64_t{-1}}}, {t.y}, "tags")};
  };
  finish(alone);
  finish(together);
  ASSERT_EQ(who_sees_padding(together.g), "");
  add_lengths(together.g);
  verify(together.g);
  Tensor x = random_tensor(DType::float32, {3, 5, 3}, 9);
  const std::vector<std::int32_t> lengths{5, 2, 4};
  for (std::size_t n = 0; n < 3; ++n)
    for (std::int64_t t = lengths[n]; t < 5; ++t)
      for (std::int64_t i = 0; i < 3; ++i)
        x.values<float>()[n * 15 + static_cast<std::size_t>(t * 3 + i)] = std::numeric_limits<float>::quiet_NaN();
  std::vector<Tensor> inputs;
  inputs.emplace_back(std::as_const(x).view());
  inputs.push_back(Tensor::of<std::int32_t>(DType::int32, {3}, lengths));
  const Tensor batch = std::move(interpret(together.g, inputs)[0]);
  for (std::int64_t n = 0; n < 3; ++n) {
    const std::int64_t steps = lengths[static_cast<std::size_t>(n)];
    std::vector<Tensor> one;
    one.push_back(rows(x, n, steps));
    const Tensor expected = std::move(interpret(alone.g, one)[0]);
    EXPECT_EQ(largest_difference(std::as_const(expected).view(), rows(batch, n, steps).view()), 0) << n;
  }
}

TEST(Padding, EveryLayerAlongTimeGetsTheLengths) {
  Tagger t;
  t.g.outputs = {t.y, t.g.node(t.gru).outputs[1]};
  const ValueId lengths = add_lengths(t.g);
  EXPECT_EQ(t.g.node(t.gru).inputs[4], lengths);
  EXPECT_EQ(t.g.inputs.back(), lengths);
}

TEST(Padding, WhoWorksAlongTimeIsNamed) {
  const auto seer = [](ValueId (*finish)(Graph&, ValueId)) {
    Tagger t;
    t.g.outputs = {finish(t.g, t.y)};
    return who_sees_padding(t.g);
  };
  EXPECT_EQ(seer([](Graph& g, ValueId y) {
              const ValueId axes = g.add_constant("axes", shared(int64_tensor({1})));
              return add(g, ops::reduce_mean(), {}, {y, axes}, "mean");
            }),
            "node 'mean' (ReduceMean) works along time");
  EXPECT_EQ(seer([](Graph& g, ValueId y) {
              const ValueId last = g.add_constant("last", shared(int64_tensor({-1})));
              return add(g, ops::gather(), {{"axis", std::int64_t{1}}}, {y, last}, "pick");
            }),
            "node 'pick' (Gather) works along time");
  EXPECT_EQ(seer([](Graph& g, ValueId y) {
              return add(g, ops::softmax(), {{"axis", std::int64_t{1}}}, {y}, "attend");
            }),
            "node 'attend' (Softmax) works along time");
  EXPECT_EQ(seer([](Graph& g, ValueId y) {
              const ValueId t = add(g, ops::transpose(), {{"perm", Ints{0, 2, 1}}}, {y}, "t");
              return add(g, ops::mat_mul(), {}, {t, y}, "gram");
            }),
            "node 'gram' (MatMul) works along time");
  EXPECT_EQ(seer([](Graph& g, ValueId y) {
              const ValueId flat = g.add_constant("flat", shared(int64_tensor({-1, 8})));
              return add(g, ops::reshape(), {}, {y, flat}, "rows");
            }),
            "node 'rows' (Reshape) works along time");
  EXPECT_EQ(seer([](Graph& g, ValueId y) {
              const ValueId axes = g.add_constant("axes", shared(int64_tensor({2})));
              return add(g, ops::reduce_mean(), {}, {y, axes}, "mean");
            }),
            "");
}

TEST(Padding, AGraphWithoutLayersSaysSo) {
  Graph g;
  g.outputs = {add(g, ops::tanh(), {}, {g.add_input("x", type_of(DType::float32, {Dim("N"), Dim(3)}))}, "y")};
  EXPECT_EQ(who_sees_padding(g), "no axis of the inputs is known to count steps");
}

}  // namespace
}  // namespace rondo
