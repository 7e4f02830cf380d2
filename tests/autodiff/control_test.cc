// Gradients through If, Loop and Scan, from ONNX text, against differences in double as the runtime runs both.
#include <gmock/gmock.h>

#include "autodiff/differentiate.h"
#include "executed.h"
#include "importers/onnx/model_text.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

constexpr int kDouble = 11, kInt64 = 7, kBool = 9;

std::string graph_attribute(const std::string& name, const std::string& body) {
  return "attribute { name: \"" + name + "\" type: GRAPH g { name: \"" + name + "\" " + body + " } } ";
}
std::string number(const std::string& name, double v) {
  return fmt::format("initializer {{ name: \"{}\" data_type: 11 double_data: {} }} ", name, v);
}
std::string int64s(const std::string& name, const std::string& values, const std::string& dims = "") {
  return "initializer { name: \"" + name + "\" " + dims + " data_type: 7 int64_data: [" + values + "] } ";
}
std::string real(const std::string& name, const std::string& dims) { return input(name, dims, kDouble); }
std::string whole(const std::string& name) { return input(name, "", kInt64); }
std::string truth(const std::string& name) { return input(name, "", kBool); }
std::string add_up(const std::string& x, const std::string& y) {
  return node("ReduceSum", x, y, integer("keepdims", 0));
}

Tensor random(std::vector<std::int64_t> shape, std::uint64_t seed) {
  return random_tensor(DType::float64, std::move(shape), seed);
}
Tensor scalar(std::int64_t v) { return Tensor::of<std::int64_t>(DType::int64, {}, {&v, 1}); }
Tensor boolean(bool v) { return Tensor::of<bool>(DType::boolean, {}, {&v, 1}); }
template <class... T>
std::vector<Tensor> list(T... tensors) {
  std::vector<Tensor> out;
  (out.push_back(std::move(tensors)), ...);
  return out;
}

Graph graph_of(const std::string& text) { return import_text(16, text).graph; }

TEST(ControlGradients, IfTakesThoseOfTheBranchTaken) {
  const std::string branches =
      graph_attribute("then_branch", node("Mul", "x w", "a") + node("Tanh", "a", "t") + output("t")) +
      graph_attribute("else_branch", node("Exp", "x", "e") + output("e"));
  const Graph g = graph_of(truth("c") + real("x", "n") + real("w", "n") + node("Sin", "x", "x2") +
                           node("If", "c", "y", branches) + node("Add", "y x2", "z") + output("z"));
  for (const bool taken : {true, false}) gradient_error(g, list(boolean(taken), random({3}, 1), random({3}, 2)));
}

TEST(ControlGradients, IfNests) {
  const std::string inner = node("If", "d", "i",
                                 graph_attribute("then_branch", node("Mul", "x w", "t") + output("t")) +
                                     graph_attribute("else_branch", node("Sub", "x k", "e") + output("e")));
  const Graph g =
      graph_of(truth("c") + truth("d") + real("x", "n") + real("w", "n") + number("k", 2) +
               node("If", "c", "y p",
                    graph_attribute("then_branch", node("Sigmoid", "w", "s") + inner + node("Mul", "i s", "o") +
                                                       output("o") + output("s")) +
                        graph_attribute("else_branch", node("Identity", "x", "same") + node("Neg", "x", "m") +
                                                           output("same") + output("m"))) +
               node("Mul", "y y", "z") + output("z") + output("p"));
  for (const bool c : {true, false})
    for (const bool d : {true, false}) gradient_error(g, list(boolean(c), boolean(d), random({3}, 1), random({3}, 2)));
}

TEST(ControlGradients, IfWhoseBranchesGiveOtherShapes) {
  const std::string branches =
      graph_attribute("then_branch", node("Concat", "x x", "t", integer("axis", 0)) + output("t")) +
      graph_attribute("else_branch", node("Neg", "x", "e") + output("e"));
  const Graph g = graph_of(truth("c") + real("x", "n") + node("If", "c", "y", branches) + node("Mul", "y y", "z") +
                           add_up("z", "s") + output("s"));
  for (const bool taken : {true, false}) gradient_error(g, list(boolean(taken), random({3}, 1)));
}

// A layer keeps what its gradient needs inside the body it stands in.
TEST(ControlGradients, RecurrentLayersInBranchesAndLoops) {
  const std::string two = integer("hidden_size", 2);
  const std::string branches = graph_attribute("then_branch", node("GRU", "x w r", "y h", two) + output("h")) +
                               graph_attribute("else_branch", node("LSTM", "x w4 r4", "y4 h4", two) + output("h4"));
  const Graph branched =
      graph_of(truth("c") + real("x", "4,3,2") + real("w", "1,6,2") + real("r", "1,6,2") + real("w4", "1,8,2") +
               real("r4", "1,8,2") + node("If", "c", "z", branches) + output("z"));
  for (const bool taken : {true, false})
    gradient_error(branched, list(boolean(taken), random({4, 3, 2}, 1), random({1, 6, 2}, 2), random({1, 6, 2}, 3),
                                  random({1, 8, 2}, 4), random({1, 8, 2}, 5)));

  const std::string body = graph_attribute(
      "body", whole("i") + truth("go") + input("h", "1,3,2", kDouble) + node("RNN", "x w r _ _ h", "y next", two) +
                  node("Identity", "go", "still") + output("still") + output("next") + output("y"));
  const Graph looped =
      graph_of(whole("M") + real("x", "4,3,2") + real("w", "1,2,2") + real("r", "1,2,2") + real("h0", "1,3,2") +
               node("Loop", "M _ h0", "h ys", body) + output("h") + output("ys"));
  gradient_error(
      looped, list(scalar(3), random({4, 3, 2}, 1), random({1, 2, 2}, 2), random({1, 2, 2}, 3), random({1, 3, 2}, 4)));
}

// s <- tanh(s * w + x) and the sequence of squares; w is captured, the trip count is data.
const std::string kLoop =
    graph_attribute("body", whole("i") + truth("go") + input("s", "n", kDouble) + node("Mul", "s w", "m") +
                                node("Add", "m x", "a") + node("Tanh", "a", "next") + node("Mul", "s s", "square") +
                                node("Identity", "go", "still") + output("still") + output("next") + output("square"));

TEST(ControlGradients, LoopCarriesStatesAndSumsWhatItCaptures) {
  const Graph g = graph_of(whole("M") + real("s0", "n") + real("w", "n") + real("x", "1") +
                           node("Loop", "M _ s0", "s squares", kLoop) + output("s") + output("squares"));
  for (const std::int64_t trips : {4, 1, 0})
    gradient_error(g, list(scalar(trips), random({3}, 1), random({3}, 2), random({1}, 3)));
}

TEST(ControlGradients, LoopOfWhichOnlyTheSequenceOrTheStateIsUsed) {
  const std::string in = whole("M") + real("s0", "n") + real("w", "n") + real("x", "1");
  // Without the last output the node has fewer.
  for (const auto& [outputs, used] :
       {std::pair("s squares", "squares"), std::pair("s squares", "s"), std::pair("s", "s")}) {
    const Graph g = graph_of(in + node("Loop", "M _ s0", outputs, kLoop) + output(used));
    gradient_error(g, list(scalar(3), random({2}, 1), random({2}, 2), random({1}, 3)));
  }
}

TEST(ControlGradients, LoopThatStopsByItsCondition) {
  const std::string body =
      graph_attribute("body", whole("i") + truth("go") + input("s", "n", kDouble) + node("Mul", "s w", "next") +
                                  node("ReduceMax", "next", "top", integer("keepdims", 0)) +
                                  node("Less", "top limit", "still") + output("still") + output("next"));
  const Graph g = graph_of(real("x", "n") + real("w", "1") + number("limit", 50) +
                           "initializer { name: \"yes\" data_type: 9 int32_data: 1 } " +
                           node("Loop", "_ yes x", "y", body) + output("y"));
  const double factor = 1.7;
  gradient_error(g, list(Tensor::of<double>(DType::float64, {2}, std::vector<double>{1, 3}),
                         Tensor::of<double>(DType::float64, {1}, {&factor, 1})));
}

TEST(ControlGradients, LoopReadsItsIterationAndSwapsStates) {
  const std::string body =
      graph_attribute("body", whole("t") + truth("go") + input("a", "n", kDouble) + input("b", "n", kDouble) +
                                  node("Gather", "X t", "xt") + node("Mul", "a xt", "p") +
                                  node("Identity", "go", "still") + output("still") + output("b") + output("p"));
  const Graph g = graph_of(real("X", "T,n") + real("a0", "n") + real("b0", "n") + int64s("M", "5") +
                           node("Loop", "M _ a0 b0", "a b", body) + output("a") + output("b"));
  gradient_error(g, list(random({5, 3}, 1), random({3}, 2), random({3}, 3)));
}

TEST(ControlGradients, LoopWhoseStateGrows) {
  const std::string body = graph_attribute(
      "body", whole("i") + truth("go") + input("s", "m", kDouble) + node("Concat", "s x", "next", integer("axis", 0)) +
                  node("Identity", "go", "still") + output("still") + output("next"));
  const Graph g = graph_of(whole("M") + real("x", "n") + node("Loop", "M _ x", "y", body) + node("Mul", "y y", "z") +
                           add_up("z", "s") + output("s"));
  gradient_error(g, list(scalar(2), random({2}, 1)));
}

const std::string kScanBody =
    graph_attribute("body", input("h", "n", kDouble) + input("x", "n", kDouble) + input("z", "n", kDouble) +
                                node("Mul", "h w", "m") + node("Add", "m x", "a") + node("Sigmoid", "a", "next") +
                                node("Mul", "next z", "y") + output("next") + output("y"));

TEST(ControlGradients, ScanInEveryDirection) {
  for (const char* in : {"0, 0", "1, 0", "0, 1"})
    for (const char* out : {"0", "1"}) {
      const std::string form =
          integer("num_scan_inputs", 2) + ints("scan_input_directions", in) + ints("scan_output_directions", out);
      const Graph g = graph_of(real("h0", "n") + real("X", "T,n") + real("Z", "T,n") + real("w", "n") +
                               node("Scan", "h0 X Z", "h Y", kScanBody + form) + output("h") + output("Y"));
      gradient_error(g, list(random({2}, 1), random({4, 2}, 2), random({4, 2}, 3), random({2}, 4)));
    }
}

TEST(ControlGradients, ScanAlongOtherAxes) {
  const std::string form = integer("num_scan_inputs", 2) + ints("scan_input_axes", "1, -1") +
                           ints("scan_output_axes", "-1") + ints("scan_input_directions", "1, 0");
  const Graph g = graph_of(real("h0", "n") + real("X", "n,T") + real("Z", "n,T") + real("w", "1") +
                           node("Scan", "h0 X Z", "h Y", kScanBody + form) + output("h") + output("Y"));
  for (const std::int64_t steps : {3, 1})
    gradient_error(g, list(random({2}, 1), random({2, steps}, 2), random({2, steps}, 3), random({1}, 4)));
}

TEST(ControlGradients, ScanInsideAnIfInsideALoop) {
  const std::string scan_body =
      graph_attribute("body", input("c", "n", kDouble) + input("x", "n", kDouble) + node("Mul", "c u", "m") +
                                  node("Add", "m x", "a") + node("Tanh", "a", "next") + output("next"));
  const std::string branches =
      graph_attribute("then_branch",
                      node("Scan", "s X", "t", scan_body + integer("num_scan_inputs", 1)) + output("t")) +
      graph_attribute("else_branch", node("Mul", "s w", "e") + output("e"));
  const std::string body =
      graph_attribute("body", whole("i") + truth("go") + input("s", "n", kDouble) + int64s("two", "2") +
                                  node("Mod", "i two", "odd") + node("Cast", "odd", "is_odd", integer("to", 9)) +
                                  node("Mul", "w w", "u") + node("If", "is_odd", "next", branches) +
                                  node("Identity", "go", "still") + output("still") + output("next"));
  const Graph g = graph_of(whole("M") + real("s0", "n") + real("X", "T,n") + real("w", "n") +
                           node("Loop", "M _ s0", "s", body) + output("s"));
  gradient_error(g, list(scalar(4), random({2}, 1), random({3, 2}, 2), random({2}, 3)));
}

TEST(ControlGradients, OfAnOperatorWithoutARuleInsideABody) {
  const std::string body = graph_attribute(
      "body", whole("i") + truth("go") + input("s", "4") + node("DynamicQuantizeLinear", "s", "q k z") +
                  node("Mul", "s k", "next") + node("Identity", "go", "still") + output("still") + output("next"));
  Graph g = graph_of(whole("M") + input("s0", "4") + node("Loop", "M _ s0", "s", body) + output("s"));
  const ValueId seed = g.add_input("seed", g.value(g.outputs[0]).type);
  try {
    differentiate(g, std::vector<Seed>{{g.outputs[0], seed}}, std::vector{g.inputs[1]});
    ADD_FAILURE() << "was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_EQ(e.where().graph, "body");
    EXPECT_THAT(e.what(), ::testing::HasSubstr("DynamicQuantizeLinear"));
  }
}

}  // namespace
}  // namespace rondo
