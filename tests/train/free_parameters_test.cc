// Freed constants are inputs wherever they are read, and a graph that is given their old values computes the same.
#include "train/free_parameters.h"

#include <gmock/gmock.h>

#include "base/half.h"
#include "importers/onnx/model_text.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using train::free_parameters;

TensorPtr constant(const Graph& g, const std::string& name) {
  const ValueId id = g.find_value(name);
  return id == kNone ? nullptr : g.value(id).constant;
}

const Graph& branch(const Graph& g, const std::string& output, const std::string& attribute) {
  const Node& node = g.node(g.value(g.find_value(output)).producer);
  return *std::get<GraphPtr>(*find_attribute(node.attributes, attribute));
}

std::string initializer(const std::string& name, const std::string& values) {
  return "initializer { name: \"" + name + "\" dims: 2 data_type: 1 float_data: [" + values + "] } ";
}
std::string graph_attribute(const std::string& name, const std::string& graph) {
  return "attribute { name: \"" + name + "\" type: GRAPH g { name: \"" + name + "\" " + graph + " } } ";
}

// Nested Ifs: `w` of the main graph is read in all three branches, `v` lives in the innermost, `u` in the outer else.
std::string nested() {
  const std::string inner_then =
      initializer("v", "3, 5") + node("Mul", "x v", "a0") + node("Add", "a0 w", "a") + output("a");
  const std::string inner_else = node("Sub", "x w", "b") + output("b");
  const std::string then_branch =
      node("If", "c2", "c", graph_attribute("then_branch", inner_then) + graph_attribute("else_branch", inner_else)) +
      output("c");
  const std::string else_branch = initializer("u", "7, 11") + node("Mul", "w u", "d") + output("d");
  return input("c1", "", 9) + input("c2", "", 9) + input("x", "2") + initializer("w", "0.5, 2") +
         node("If", "c1", "y",
              graph_attribute("then_branch", then_branch) + graph_attribute("else_branch", else_branch)) +
         node("Mul", "y w", "z") + output("z");
}

Tensor boolean(bool v) {
  const auto byte = static_cast<std::uint8_t>(v);
  return Tensor::of<std::uint8_t>(DType::boolean, {}, std::span(&byte, 1));
}
Tensor pair(float a, float b) { return Tensor::of<float>(DType::float32, {2}, std::vector<float>{a, b}); }

std::vector<float> run(const Graph& g, bool c1, bool c2, const std::vector<TensorPtr>& parameters) {
  std::vector<Tensor> inputs;
  inputs.push_back(boolean(c1));
  inputs.push_back(boolean(c2));
  inputs.push_back(pair(1.25f, -3));
  for (const TensorPtr& p : parameters) inputs.emplace_back(p->view());
  const std::vector<Tensor> outputs = interpret(g, inputs);
  const auto values = outputs.at(0).values<float>();
  return {values.begin(), values.end()};
}

TEST(FreeParameters, ReachIntoNestedBranches) {
  const Graph original = import_text(17, nested()).graph;
  const Graph& then_branch = branch(original, "y", "then_branch");
  const TensorPtr w = constant(original, "w"), v = constant(branch(then_branch, "c", "then_branch"), "v"),
                  u = constant(branch(original, "y", "else_branch"), "u");
  ASSERT_TRUE(w && v && u);
  const std::vector<TensorPtr> chosen{v, w, u};
  Graph g = original;
  const auto inputs = free_parameters(g, chosen);
  verify(g);
  ASSERT_EQ(g.inputs.size(), 6u);
  EXPECT_EQ(std::vector(g.inputs.begin() + 3, g.inputs.end()), inputs);
  EXPECT_EQ(g.value(inputs[0]).name, "v.trained");
  for (const auto& [c1, c2] : {std::pair{false, false}, {true, false}, {true, true}})
    EXPECT_EQ(run(g, c1, c2, chosen), run(original, c1, c2, {})) << c1 << c2;

  // x = 1.25, -3; other values than before reach every reader.
  const std::vector<TensorPtr> fresh{shared(pair(2, 3)), shared(pair(10, 20)), shared(pair(-1, 1))};
  EXPECT_EQ(run(g, true, true, fresh), (std::vector<float>{(1.25f * 2 + 10) * 10, (-9.f + 20) * 20}));
  EXPECT_EQ(run(g, true, false, fresh), (std::vector<float>{(1.25f - 10) * 10, -23.f * 20}));
  EXPECT_EQ(run(g, false, false, fresh), (std::vector<float>{-100, 400}));
  EXPECT_EQ(constant(original, "w"), w);  // the graphs it came from are as before
}

TEST(FreeParameters, WhatIsNotChosenStaysConstant) {
  const Graph original = import_text(17, nested()).graph;
  Graph g = original;
  const std::vector<TensorPtr> chosen{constant(branch(original, "y", "else_branch"), "u")};
  free_parameters(g, chosen);
  verify(g);
  EXPECT_NE(constant(g, "w"), nullptr);
  EXPECT_EQ(run(g, false, false, chosen), run(original, false, false, {}));
  EXPECT_EQ(run(g, true, true, chosen), run(original, true, true, {}));
}

TEST(FreeParameters, ReachIntoLoopBodies) {
  const std::string body = input("i", "", 7) + input("go", "", 9) + input("s", "2") + initializer("k", "2, 3") +
                           node("Mul", "s k", "t") + node("Add", "t w", "n") + node("Identity", "go", "on") +
                           output("on") + output("n");
  const std::string text = input("c1", "", 9) + input("c2", "", 9) + input("x", "2") + initializer("w", "1, -1") +
                           "initializer { name: \"three\" data_type: 7 int64_data: 3 } " +
                           node("Loop", "three _ x", "y", graph_attribute("body", body)) + output("y");
  const Graph original = import_text(17, text).graph;
  const std::vector<TensorPtr> chosen{constant(branch(original, "y", "body"), "k"), constant(original, "w")};
  Graph g = original;
  free_parameters(g, chosen);
  verify(g);
  EXPECT_EQ(g.inputs.size(), 5u);
  const Graph& inner = branch(g, "y", "body");
  EXPECT_EQ(inner.captures.size(), 2u);
  EXPECT_EQ(g.node(g.value(g.find_value("y")).producer).num_captures, 2u);
  for (ValueId id : inner.captures) EXPECT_EQ(inner.value(id).constant, nullptr);
}

TEST(FreeParameters, ATensorOfSeveralValuesIsOneInput) {
  Graph g;
  const TensorPtr both = shared(pair(2, 5));
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2)}));
  const ValueId first = add(g, ops::mul(), {}, {x, g.add_constant("a", both)}, "p");
  g.outputs = {add(g, ops::add(), {}, {first, g.add_constant("b", both)}, "q"), g.find_value("b")};
  free_parameters(g, std::vector{both});
  verify(g);
  EXPECT_EQ(g.inputs.size(), 2u);
  std::vector<Tensor> inputs;
  inputs.push_back(pair(3, 4));
  inputs.push_back(pair(10, 100));
  const auto outputs = interpret(g, inputs);
  EXPECT_EQ(outputs[0].values<float>()[1], 500);
  EXPECT_EQ(outputs[1].values<float>()[0], 10);
}

// The model computes with what will be written: the master rounded to nearest even.
TEST(FreeParameters, HalvesHaveAMasterInFloat) {
  Graph g;
  const TensorPtr half = shared(Tensor::of<std::uint16_t>(DType::float16, {1}, std::vector<std::uint16_t>{0x3C00}));
  g.outputs = {add(g, ops::neg(), {}, {g.add_constant("w", half)}, "y")};
  const auto inputs = free_parameters(g, std::vector{half});
  verify(g);
  EXPECT_EQ(g.value(inputs[0]).type.dtype, DType::float32);
  const Node& negation = g.node(g.value(g.outputs[0]).producer);
  g.outputs = {negation.inputs[0]};
  std::vector<Tensor> values;
  values.push_back(Tensor::of<float>(DType::float32, {1}, std::vector<float>{1 + 0x3p-11f}));
  const std::vector<Tensor> outputs = interpret(g, values);
  EXPECT_EQ(outputs[0].dtype(), DType::float16);
  EXPECT_EQ(outputs[0].values<std::uint16_t>()[0], 0x3C02);
}

}  // namespace
}  // namespace rondo::test
