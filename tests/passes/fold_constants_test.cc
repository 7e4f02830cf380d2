#include <gmock/gmock.h>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

// Weights as PyTorch leaves them: gates regrouped by Slice, Concat and Unsqueeze of a constant.
struct WeightChain {
  Graph g;
  ValueId built;

  WeightChain() {
    const ValueId w = g.add_constant("w", shared(random_tensor(DType::float32, {8, 3}, 1)));
    const auto ints = [&](const std::string& name, std::vector<std::int64_t> v) {
      return g.add_constant(name, shared(int64_tensor(std::move(v))));
    };
    const ValueId axis = ints("axis", {0});
    const ValueId upper = add(g, ops::slice(), {}, {w, ints("s0", {4}), ints("e0", {8}), axis}, "upper");
    const ValueId lower = add(g, ops::slice(), {}, {w, ints("s1", {0}), ints("e1", {4}), axis}, "lower");
    const ValueId both = add(g, ops::concat(), {{"axis", std::int64_t{0}}}, {upper, lower}, "both");
    built = add(g, ops::unsqueeze(), {}, {both, axis}, "built");
  }
};

TEST(FoldConstants, BuildsWeightsOnce) {
  WeightChain chain;
  chain.g.outputs = {chain.built};
  const auto before = interpret(chain.g, {});
  fold_constants(chain.g);
  verify(chain.g);
  EXPECT_EQ(op_names(chain.g), "");
  ASSERT_TRUE(chain.g.value(chain.built).constant);
  EXPECT_TRUE(identical(chain.g.value(chain.built).constant->view(), before[0].view()));
  EXPECT_EQ(chain.g.value(chain.built).name, "built");
}

TEST(FoldConstants, StaysBelowItsLimits) {
  WeightChain chain;
  chain.g.outputs = {chain.built};
  EXPECT_EQ(fold_constants(chain.g, {.bytes_per_node = 48, .bytes_in_all = 1 << 20}), 96u);
  EXPECT_EQ(op_names(chain.g), "Concat Unsqueeze");  // the slices are 48 bytes each
  WeightChain again;
  again.g.outputs = {again.built};
  EXPECT_EQ(fold_constants(again.g, {.bytes_per_node = 1 << 20, .bytes_in_all = 48}), 48u);
  EXPECT_EQ(op_names(again.g), "Slice Concat Unsqueeze");
}

TEST(FoldConstants, AHugeExpandIsNotFolded) {
  Graph g;
  const ValueId one = g.add_constant("one", shared(random_tensor(DType::float32, {1}, 1)));
  const ValueId shape = g.add_constant("shape", shared(int64_tensor({std::int64_t{1} << 40})));
  g.outputs = {add(g, ops::expand(), {}, {one, shape}, "huge")};
  fold_constants(g);
  EXPECT_EQ(op_names(g), "Expand");
}

TEST(FoldConstants, ShapeOfAKnownTypeNeedsNoData) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(3), Dim(5)}));
  g.outputs = {add(g, ops::shape(), {}, {x}, "s")};
  fold_constants(g);
  EXPECT_EQ(op_names(g), "");
  EXPECT_THAT(g.value(g.outputs[0]).constant->values<std::int64_t>(), testing::ElementsAre(3, 5));
}

TEST(Specialize, ResolvesShapeChains) {
  // x [T,N,4] -> reshape to [T, N*4] by Shape, Slice, Concat, as exporters write it.
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("T"), Dim("N"), Dim(4)}));
  const ValueId s = add(g, ops::shape(), {{"end", std::int64_t{1}}}, {x}, "s");
  const ValueId rest = g.add_constant("rest", shared(int64_tensor({-1})));
  const ValueId target = add(g, ops::concat(), {{"axis", std::int64_t{0}}}, {s, rest}, "target");
  g.outputs = {add(g, ops::reshape(), {}, {x, target}, "y")};
  const std::vector<std::int64_t> dims{7, 2, 4};
  const TensorView input{DType::float32, dims, nullptr};
  const Graph bound = specialize(g, {&input, 1});
  verify(bound);
  EXPECT_EQ(op_names(bound), "Reshape");
  EXPECT_EQ(to_string(bound.value(bound.outputs[0]).type), "float32[7,8]");
  EXPECT_EQ(op_names(g), "Shape Concat Reshape");  // the original is untouched
}

TEST(RemoveDead, KeepsOnlyWhatOutputsNeed) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2)}));
  const ValueId used = add(g, ops::relu(), {}, {x}, "used");
  add(g, ops::sigmoid(), {}, {used}, "unused");
  g.outputs = {used};
  remove_dead(g);
  verify(g);
  EXPECT_EQ(op_names(g), "Relu");
}

TEST(RemoveIdentities, ChainsVanishAndOutputsFollow) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2), Dim(3)}));
  ValueId v = add(g, ops::relu(), {}, {x}, "r");
  for (int i = 0; i < 1000; ++i) v = add(g, ops::identity(), {}, {v}, "i" + std::to_string(i));
  v = add(g, ops::transpose(), {{"perm", std::vector<std::int64_t>{0, 1}}}, {v}, "t");
  v = add(g, ops::cast(), {{"to", std::int64_t{1}}}, {v}, "c");
  g.outputs = {v};
  remove_identities(g);
  verify(g);
  EXPECT_EQ(op_names(g), "Relu");
  EXPECT_EQ(g.value(g.outputs[0]).name, "r");
}

TEST(RemoveIdentities, DropoutVanishesInInference) {
  const auto left = [](const Tensor* training, std::vector<std::string> outputs) {
    Graph g;
    const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2)}));
    const ValueId mode = training == nullptr ? g.add_input("mode", type_of(DType::boolean, {}))
                                             : g.add_constant("mode", std::make_shared<Tensor>(training->view()));
    Tensor none(DType::float32, {});
    *static_cast<float*>(none.data()) = 0;
    const ValueId ratio = g.add_constant("ratio", shared(std::move(none)));
    const NodeId node = g.add_node(ops::dropout(), "d", {}, {x, ratio, mode}, outputs);
    g.outputs = g.node(node).outputs;
    remove_identities(g);
    return op_names(g);
  };
  Tensor off(DType::boolean, {}), on(DType::boolean, {});
  *static_cast<std::uint8_t*>(off.data()) = 0;
  *static_cast<std::uint8_t*>(on.data()) = 1;
  EXPECT_EQ(left(&off, {"y"}), "");
  EXPECT_EQ(left(&off, {"y", "mask"}), "Dropout");
  EXPECT_EQ(left(&on, {"y"}), "Dropout");
  EXPECT_EQ(left(nullptr, {"y"}), "Dropout");
}

TEST(RemoveIdentities, ASliceThatTurnsARowAroundStays) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(4)}));
  const auto ints = [&](const std::string& name, std::int64_t v) {
    return g.add_constant(name, shared(int64_tensor({v})));
  };
  g.outputs = {add(g, ops::slice(), {}, {x, ints("s", -1), ints("e", INT64_MIN), ints("a", 0), ints("st", -1)}, "y")};
  remove_identities(g);
  EXPECT_EQ(op_names(g), "Slice");
}

TEST(TransposesToViews, OnlyWhenSizesOfOneMove) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(5), Dim(1), Dim(7)}));
  const ValueId y = add(g, ops::transpose(), {{"perm", std::vector<std::int64_t>{1, 0, 2}}}, {x}, "y");
  const ValueId z = add(g, ops::transpose(), {{"perm", std::vector<std::int64_t>{0, 2, 1}}}, {y}, "z");
  g.outputs = {z};
  const std::vector<Tensor> input = [] {
    std::vector<Tensor> t;
    t.push_back(random_tensor(DType::float32, {5, 1, 7}, 3));
    return t;
  }();
  const auto before = interpret(g, input);
  transposes_to_views(g);
  verify(g);
  EXPECT_EQ(op_names(g), "Reshape Transpose");
  EXPECT_TRUE(identical(interpret(g, input)[0].view(), before[0].view()));
}

}  // namespace
}  // namespace rondo
