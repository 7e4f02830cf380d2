// Layers and parameters under the wrappings that exporters leave.
#include "passes/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using Ints = std::vector<std::int64_t>;
using testing::ElementsAre;

constexpr std::int64_t N = 2, I = 3, H = 5;

struct Model {
  Graph g;

  ValueId input(Shape shape) { return g.add_input("X", type_of(DType::float32, std::move(shape))); }
  ValueId constant(const std::string& name, Ints shape) {
    return g.add_constant(name, shared(random_tensor(DType::float32, std::move(shape), 1)));
  }
  ValueId axes(const std::string& name, Ints values) {
    return g.add_constant(name, shared(int64_tensor(std::move(values))));
  }
  ValueId lstm(ValueId x, const std::string& direction, ValueId w, ValueId r, const std::string& y, ValueId b = kNone) {
    return add(g, ops::lstm(), {{"direction", direction}}, {x, w, r, b}, y);
  }
};

std::vector<std::string> aliases(const std::vector<Parameter>& all) {
  std::vector<std::string> names;
  for (const Parameter& p : all) {
    std::string name = p.aliases[0] + "=" + p.name();
    if (p.direction >= 0) name += "[" + std::to_string(p.direction) + "]";
    names.push_back(name);
  }
  return names;
}

TEST(Layers, SizesDirectionsAndLengths) {
  Model m;
  const ValueId x = m.input({Dim("T"), Dim(N), Dim(I)});
  const ValueId lens = m.g.add_input("lens", type_of(DType::int32, {Dim(N)}));
  const ValueId w = m.constant("w", {1, 3 * H, I}), r = m.constant("r", {1, 3 * H, H});
  m.g.outputs = {add(m.g, ops::gru(), {{"direction", std::string("reverse")}}, {x, w, r, kNone, lens}, "Y")};
  const auto layers = recurrent_layers(m.g);
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].alias, "gru.0");
  EXPECT_EQ(layers[0].time.symbol, "T");
  EXPECT_EQ(layers[0].batch.value, N);
  EXPECT_EQ(layers[0].input_size.value, I);
  EXPECT_EQ(layers[0].hidden_size.value, H);
  EXPECT_TRUE(layers[0].form.reverse[0]);
  EXPECT_TRUE(layers[0].has(ops::recurrent_input::sequence_lens));
  EXPECT_FALSE(layers[0].has(ops::recurrent_input::initial_h));
  EXPECT_FALSE(layers[0].has(ops::recurrent_input::P));
  EXPECT_THAT(aliases(parameters(m.g)), ElementsAre("gru.0.bw/W=w", "gru.0.bw/R=r"));
}

TEST(Layers, StacksAreFollowedThroughViewsOnly) {
  Model m;
  ValueId x = m.input({Dim(4), Dim(N), Dim(I)});
  const auto layer = [&](std::int64_t inputs, const std::string& name) {
    const ValueId y = m.lstm(x, "bidirectional", m.constant(name + "w", {2, 4 * H, inputs}),
                             m.constant(name + "r", {2, 4 * H, H}), name);
    const ValueId moved = add(m.g, ops::transpose(), {{"perm", Ints{0, 2, 1, 3}}}, {y}, name + "t");
    return add(m.g, ops::reshape(), {}, {moved, m.axes(name + "s", {0, 0, -1})}, name + "y");
  };
  x = layer(I, "a");
  x = layer(2 * H, "b");
  x = add(m.g, ops::relu(), {}, {x}, "between");
  x = layer(2 * H, "c");
  m.g.outputs = {x};
  const auto layers = recurrent_layers(m.g);
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].stack, layers[1].stack);
  EXPECT_NE(layers[0].stack, layers[2].stack);
  EXPECT_EQ(layers[0].position, 0u);
  EXPECT_EQ(layers[1].position, 1u);
  EXPECT_EQ(layers[0].depth, 2u);
  EXPECT_EQ(layers[2].depth, 1u);
}

TEST(Parameters, BidirectionalTensorsAreTwoBlocks) {
  Model m;
  const ValueId x = m.input({Dim(4), Dim(N), Dim(I)});
  m.g.outputs = {m.lstm(x, "bidirectional", m.constant("w", {2, 4 * H, I}), m.constant("r", {2, 4 * H, H}), "Y",
                        m.constant("b", {2, 8 * H}))};
  const auto all = parameters(m.g);
  EXPECT_THAT(aliases(all), ElementsAre("lstm.0.fw/W=w[0]", "lstm.0.bw/W=w[1]", "lstm.0.fw/R=r[0]", "lstm.0.bw/R=r[1]",
                                        "lstm.0.fw/B=b[0]", "lstm.0.bw/B=b[1]"));
  EXPECT_EQ(all[1].shape, (Ints{1, 4 * H, I}));
  EXPECT_EQ(all[1].count(), 4 * H * I);
  EXPECT_TRUE(all[4].bias);
  EXPECT_TRUE(all[0].recurrent);
}

TEST(Parameters, DirectionsThatTheGraphJoinsKeepTheirOwnTensors) {
  Model m;
  const ValueId x = m.input({Dim(4), Dim(N), Dim(I)});
  std::vector<ValueId> ways;
  for (const std::string way : {"f", "b"})
    ways.push_back(
        add(m.g, ops::unsqueeze(), {}, {m.constant("w" + way, {4 * H, I}), m.axes("a" + way, {0})}, "u" + way));
  const ValueId w = add(m.g, ops::concat(), {{"axis", std::int64_t{0}}}, ways, "w");
  const ValueId b = add(m.g, ops::concat(), {{"axis", std::int64_t{1}}},
                        {m.constant("bw", {2, 4 * H}), m.constant("br", {2, 4 * H})}, "b");
  m.g.outputs = {m.lstm(x, "bidirectional", w, m.constant("r", {2, 4 * H, H}), "Y", b)};
  EXPECT_THAT(aliases(parameters(m.g)), ElementsAre("lstm.0.fw/W=wf", "lstm.0.bw/W=wb", "lstm.0.fw/R=r[0]",
                                                    "lstm.0.bw/R=r[1]", "lstm.0/B.0=bw", "lstm.0/B.1=br"));
}

TEST(Parameters, ComputedWeightsAreNoParameters) {
  Model m;
  const ValueId x = m.input({Dim(4), Dim(N), Dim(I)});
  const ValueId w = m.g.add_input("w", type_of(DType::float32, {Dim(1), Dim(4 * H), Dim(I)}));
  m.g.outputs = {m.lstm(x, "forward", w, m.constant("r", {1, 4 * H, H}), "Y")};
  EXPECT_THAT(aliases(parameters(m.g)), ElementsAre("lstm.0.fw/R=r"));
}

TEST(Parameters, HeadsBiasesAndSharedTensors) {
  Model m;
  const ValueId x = m.input({Dim(N), Dim(I)});
  const ValueId w = m.constant("w", {I, I}), b = m.constant("b", {I});
  ValueId y = add(m.g, ops::mat_mul(), {}, {x, w}, "m0");
  y = add(m.g, ops::add(), {}, {b, y}, "a0");
  y = add(m.g, ops::mat_mul(), {}, {y, w}, "m1");
  y = add(m.g, ops::gemm(), {}, {y, m.constant("v", {I, H}), m.constant("c", {H})}, "g");
  m.g.outputs = {y};
  const auto all = parameters(m.g);
  EXPECT_THAT(aliases(all), ElementsAre("fc.0/W=w", "fc.0/B=b", "fc.2/W=v", "fc.2/B=c"));
  EXPECT_THAT(all[0].aliases, ElementsAre("fc.0/W", "fc.1/W"));
  EXPECT_TRUE(all[1].bias);
  EXPECT_TRUE(all[2].head);
}

TEST(Parameters, EmbeddingsNeedATableOfNumbers) {
  Model m;
  const ValueId ids = m.g.add_input("ids", type_of(DType::int64, {Dim("T")}));
  const ValueId rows = add(m.g, ops::gather(), {}, {m.constant("table", {7, I}), ids}, "e");
  const ValueId other = add(m.g, ops::gather(), {}, {m.axes("numbers", {4, 5, 6}), ids}, "n");
  m.g.outputs = {rows, other};
  const auto all = parameters(m.g);
  EXPECT_THAT(aliases(all), ElementsAre("embed.0=table"));
  EXPECT_TRUE(all[0].frozen.empty());
}

}  // namespace
}  // namespace rondo
