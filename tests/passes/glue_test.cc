// Recurrent layers as exporters wrap them: each graph is rewritten for concrete shapes and must compute the same
// numbers.
#include <gtest/gtest.h>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using Ints = std::vector<std::int64_t>;

constexpr std::int64_t T = 5, N = 3, I = 4, H = 6;

struct Layer {
  Graph g;
  ValueId x;

  explicit Layer(Shape x_shape) { x = g.add_input("X", type_of(DType::float32, std::move(x_shape))); }

  ValueId constant(const std::string& name, Ints shape, std::uint64_t seed) {
    return g.add_constant(name, shared(random_tensor(DType::float32, std::move(shape), seed)));
  }
  ValueId transpose(ValueId v, Ints perm, const std::string& name) {
    return add(g, ops::transpose(), {{"perm", std::move(perm)}}, {v}, name);
  }
  ValueId gru(ValueId v, std::int64_t inputs, std::int64_t D, const std::string& name) {
    return add(
        g, ops::gru(),
        {{"direction", std::string(D == 2 ? "bidirectional" : "forward")}, {"linear_before_reset", std::int64_t{1}}},
        {v, constant(name + ".W", {D, 3 * H, inputs}, 1), constant(name + ".R", {D, 3 * H, H}, 2)}, name);
  }
  ValueId reshape(ValueId v, Ints dims, const std::string& name) {
    return add(g, ops::reshape(), {}, {v, g.add_constant(name + ".dims", shared(int64_tensor(std::move(dims))))}, name);
  }
  ValueId squeeze(ValueId v, std::int64_t axis, const std::string& name) {
    return add(g, ops::squeeze(), {}, {v, g.add_constant(name + ".axes", shared(int64_tensor({axis})))}, name);
  }

  // The operators left after the fold, which must not change a bit of the result.
  std::string folded() {
    Ints dims;
    for (const Dim& d : *g.value(x).type.shape) dims.push_back(d.value);
    std::vector<Tensor> input;
    input.push_back(random_tensor(DType::float32, dims, 9));
    const auto before = interpret(g, input);
    fold_recurrent_glue(g);
    verify(g);
    const auto after = interpret(g, input);
    for (std::size_t i = 0; i < before.size(); ++i)
      EXPECT_TRUE(identical(before[i].view(), after[i].view())) << print(g);
    return op_names(g);
  }
};

TEST(RecurrentGlue, BatchFirstBecomesStrides) {
  Layer l({Dim(N), Dim(T), Dim(I)});
  const ValueId y = l.gru(l.transpose(l.x, {1, 0, 2}, "xt"), I, 1, "gru");
  l.g.outputs = {l.transpose(l.squeeze(y, 1, "ys"), {1, 0, 2}, "out")};
  EXPECT_EQ(l.folded(), "GRU Reshape");
}

TEST(RecurrentGlue, WhoReadsTheResultFollows) {
  Layer l({Dim(N), Dim(T), Dim(I)});
  const ValueId y = l.gru(l.transpose(l.x, {1, 0, 2}, "xt"), I, 1, "gru");
  const ValueId turned = l.transpose(l.squeeze(y, 1, "ys"), {1, 0, 2}, "turned");
  l.g.outputs = {add(l.g, ops::mat_mul(), {}, {turned, l.constant("fc", {H, 2}, 4)}, "out")};
  EXPECT_EQ(l.folded(), "GRU Reshape MatMul");
}

TEST(RecurrentGlue, DirectionsMergedWithFeatures) {
  Layer l({Dim(T), Dim(N), Dim(I)});
  const ValueId y = l.transpose(l.gru(l.x, I, 2, "gru"), {0, 2, 1, 3}, "yt");
  l.g.outputs = {l.reshape(y, {0, 0, -1}, "out")};
  EXPECT_EQ(l.folded(), "GRU Reshape");
}

TEST(RecurrentGlue, BatchFirstBidirectionalStack) {
  Layer l({Dim(N), Dim(T), Dim(I)});
  const ValueId first =
      l.reshape(l.transpose(l.gru(l.transpose(l.x, {1, 0, 2}, "xt"), I, 2, "a"), {0, 2, 1, 3}, "at"), {0, 0, -1}, "ar");
  const ValueId second = l.reshape(l.transpose(l.gru(first, 2 * H, 2, "b"), {0, 2, 1, 3}, "bt"), {0, 0, -1}, "br");
  l.g.outputs = {l.transpose(second, {1, 0, 2}, "out")};
  EXPECT_EQ(l.folded(), "GRU Reshape GRU Reshape");
}

TEST(RecurrentGlue, YThatSomebodyElseReadsStays) {
  Layer l({Dim(T), Dim(N), Dim(I)});
  const ValueId y = l.gru(l.x, I, 2, "gru");
  l.g.outputs = {l.transpose(y, {0, 2, 1, 3}, "yt"), y};
  EXPECT_EQ(l.folded(), "GRU Transpose");
}

TEST(RecurrentGlue, FeaturesThatMoveStay) {
  Layer l({Dim(T), Dim(N), Dim(I)});
  const ValueId y = l.gru(l.x, I, 2, "gru");
  l.g.outputs = {l.transpose(y, {0, 3, 1, 2}, "yt")};
  EXPECT_EQ(l.folded(), "GRU Transpose");
}

TEST(RecurrentGlue, AViewThatSplitsFeaturesStays) {
  Layer l({Dim(T), Dim(N), Dim(I)});
  const ValueId y = l.gru(l.x, I, 1, "gru");
  l.g.outputs = {l.transpose(l.reshape(y, {T * N, 2, 3}, "r"), {1, 0, 2}, "out")};
  EXPECT_EQ(l.folded(), "GRU Reshape Transpose");
}

TEST(RecurrentGlue, TwoTransposesInARow) {
  Layer l({Dim(N), Dim(T), Dim(I)});
  const ValueId x = l.transpose(l.transpose(l.transpose(l.x, {1, 0, 2}, "a"), {1, 0, 2}, "b"), {1, 0, 2}, "c");
  l.g.outputs = {l.transpose(l.transpose(l.gru(x, I, 2, "gru"), {0, 2, 1, 3}, "d"), {1, 0, 2, 3}, "e")};
  EXPECT_EQ(l.folded(), "GRU");
}

}  // namespace
}  // namespace rondo
