// Random graphs in every run of the tests, few enough to take seconds; and what the judgement itself does.
#include <gtest/gtest.h>

#include <limits>

#include "differential/drawn_graph.h"
#include "differential/expectation.h"
#include "differential/graph_check.h"
#include "differential/sketch.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::differential {
namespace {

constexpr std::uint64_t kGraphs = 60;

std::vector<conformance::Choice> everywhere() {
  std::vector<conformance::Choice> choices = conformance::choices();
  choices.push_back({"auto", "auto", 2});
  return choices;
}

TEST(RandomGraphs, AnswerAsInFloat64OnEveryBackendAndInstructionSet) {
  Contents contents;
  std::int64_t elements = 0, open = 0, runs = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= kGraphs; ++seed) {
    const GraphReport report = check_graph(seed, everywhere());
    for (const std::string& failure : report.failures) ADD_FAILURE() << "seed " << seed << ' ' << failure;
    contents.add(report.contents);
    elements += report.elements;
    open += report.open;
    runs += report.runs;
    refused += report.refused;
  }
  EXPECT_GT(elements, 50 * runs);
  EXPECT_LT(open, elements / 10);
  EXPECT_GT(runs, 2 * static_cast<std::int64_t>(kGraphs));
  EXPECT_LT(refused, runs / 3);
  EXPECT_EQ(contents.depth, 4);
  EXPECT_TRUE(contents.open_dims);
  for (DType type : all_types()) EXPECT_GT(contents.types[std::string(name_of(type))], 20) << name_of(type);
}

TEST(DrawnGraph, IsTheSameForASeedAndValid) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const DrawnGraph drawn = draw_graph(seed);
    EXPECT_TRUE(equal(drawn.graph, draw_graph(seed).graph));
    EXPECT_FALSE(equal(drawn.graph, draw_graph(seed + 1).graph));
    EXPECT_FALSE(drawn.graph.outputs.empty());
    EXPECT_NO_THROW(verify(drawn.graph));
  }
}

TensorPtr floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  return test::shared(Tensor::of<float>(DType::float32, std::move(shape), values));
}

// y = exp(x), and whether x is above 1.
struct Example {
  Graph g;
  Example() {
    const ValueId x = g.add_input("x", test::type_of(DType::float32, {Dim(3)}));
    const ValueId y = test::add(g, ops::exp(), {}, {x}, "y");
    const ValueId e = g.add_constant("e", floats({}, {2.7182817f}));
    g.outputs = {y, test::add(g, ops::greater(), {}, {y, e}, "above")};
  }
};

TEST(Expectation, GatesAreAsWideAsTolerancesReach) {
  const Example example;
  const auto expected = expect(example.g, {floats({3}, {0, 1, 5})}, 1);
  EXPECT_FLOAT_EQ(static_cast<float>(expected[0].elements[0].value), 1);
  EXPECT_GT(expected[0].elements[0].gate, 0);
  EXPECT_LT(expected[0].elements[0].gate, 1e-5);
  EXPECT_GT(expected[0].elements[2].gate, expected[0].elements[0].gate);
  // What a disturbance decides is open, what it does not is exact.
  EXPECT_FALSE(expected[1].elements[0].open);
  EXPECT_TRUE(expected[1].elements[1].open);
  EXPECT_FALSE(expected[1].elements[2].open);
}

TEST(Expectation, MismatchesAreSeen) {
  const Example example;
  const auto expected = expect(example.g, {floats({3}, {0, 1, 5})}, 1)[0];
  const std::vector<float> right{1, 2.7182817f, 148.41316f};
  const auto wrong = [&](std::size_t at, float value) {
    std::vector<float> values = right;
    values[at] = value;
    return mismatch(expected, floats({3}, values)->view());
  };
  EXPECT_EQ(wrong(0, 1), "");
  EXPECT_NE(wrong(0, 1.0001f), "");
  EXPECT_NE(wrong(2, std::numeric_limits<float>::quiet_NaN()), "");
  EXPECT_NE(wrong(1, std::numeric_limits<float>::infinity()), "");
  EXPECT_NE(mismatch(expected, floats({1, 3}, right)->view()), "");
  EXPECT_NE(mismatch(expected, Tensor(DType::float64, {3}).view()), "");
}

TEST(Interpreter, LoopsAndScansRunTheirBodies) {
  // s <- s + e over the elements of a sequence, from the last, and the sums in the order of the sequence.
  Graph body;
  const ValueId s = body.add_input("s", test::type_of(DType::float32, {}));
  const ValueId e = body.add_input("e", test::type_of(DType::float32, {}));
  const ValueId sum = test::add(body, ops::add(), {}, {s, e}, "sum");
  body.outputs = {sum, test::add(body, ops::identity(), {}, {sum}, "copy")};
  Graph g;
  const ValueId first = g.add_input("first", test::type_of(DType::float32, {}));
  const ValueId x = g.add_input("x", test::type_of(DType::float32, {Dim(4)}));
  const NodeId node = g.add_node(ops::scan(), "scan",
                                 {{"body", std::make_shared<const Graph>(body)},
                                  {"num_scan_inputs", std::int64_t{1}},
                                  {"scan_input_directions", std::vector<std::int64_t>{1}},
                                  {"scan_output_directions", std::vector<std::int64_t>{1}}},
                                 {first, x}, {"last", "sums"});
  g.outputs = g.node(node).outputs;
  const Values got = Interpreter().outputs(g, {floats({}, {100}), floats({4}, {1, 2, 3, 4})});
  EXPECT_TRUE(identical(got[0]->view(), floats({}, {110})->view()));
  EXPECT_TRUE(identical(got[1]->view(), floats({4}, {110, 109, 107, 104})->view()));
}

}  // namespace
}  // namespace rondo::differential
