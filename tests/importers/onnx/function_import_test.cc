// Functions of the model are inlined, with limits on how far they unfold.
#include <gtest/gtest.h>

#include <functional>

#include "model_text.h"

namespace rondo::test {
namespace {

std::string function(const std::string& name, const std::string& inputs_outputs, const std::string& nodes) {
  return fmt::format(
      "functions {{ name: \"{}\" domain: \"f\" opset_import {{ version: 13 }} "
      "opset_import {{ domain: \"f\" version: 1 }} {} {} }} ",
      name, inputs_outputs, nodes);
}
const std::string kDomain = "domain: \"f\" ";
const std::string kImport = "opset_import { domain: \"f\" version: 1 } ";

ImportedModel import_functions(const std::string& graph, const std::string& functions) {
  return import_text(13, graph, kImport + functions);
}
Error function_error(const std::string& graph, const std::string& functions, const ImportOptions& options = {}) {
  return import_error(model_bytes(13, graph, kImport + functions), options);
}

TEST(FunctionImport, BodiesAreInlinedUnderTheCallsName) {
  const auto model =
      import_functions(input("x", "2") + node("Twice", "x", "a", kDomain + "name: \"first\"") +
                           node("Twice", "a", "y", kDomain) + output("y"),
                       function("Twice", "input: \"i\" output: \"o\"",
                                node("Relu", "i", "t", "name: \"r\"") + node("Relu", "t", "o", "name: \"s\"")));
  EXPECT_EQ(print(model.graph),
            "graph \"g\"\n"
            "  input %x : float32[2]\n"
            "  %first/t = Relu(%x) \"first/r\" : float32[2]\n"
            "  %a = Relu(%first/t) \"first/s\" : float32[2]\n"
            "  %Twice/t = Relu(%a) \"Twice/r\" : float32[2]\n"
            "  %y = Relu(%Twice/t) \"Twice/s\" : float32[2]\n"
            "  output %y\n");
}

TEST(FunctionImport, NestedCallsAndAttributeReferences) {
  const std::string constant =
      node("Constant", "", "c", "attribute { name: \"value_float\" type: FLOAT ref_attr_name: \"v\" }");
  const auto model = import_functions(
      input("x", "2") + node("Outer", "", "y", kDomain + real("w", 5)) + output("y"),
      function("Outer", "output: \"o\" attribute: \"w\"",
               node("Inner", "", "o", kDomain + "attribute { name: \"v\" type: FLOAT ref_attr_name: \"w\" }")) +
          function("Inner", "output: \"o\" attribute: \"v\"", constant + node("Identity", "c", "o")));
  const Graph& g = model.graph;
  const ValueId c = g.node(g.value(g.find_value("y")).producer).inputs[0];
  ASSERT_NE(g.value(c).constant, nullptr);
  EXPECT_EQ(g.value(c).constant->values<float>()[0], 5.f);
}

TEST(FunctionImport, DefaultsOfNewerFilesAreUsed) {
  onnx::ModelProto model = parse_model(model_text(
      13, node("F", "", "y", kDomain) + output("y"),
      kImport +
          function("F", "output: \"o\"",
                   node("Constant", "", "o", "attribute { name: \"value_int\" type: INT ref_attr_name: \"v\" }"))));
  onnx::AttributeProto fallback;
  fallback.set_name("v");
  fallback.set_type(onnx::AttributeProto::INT);
  fallback.set_i(42);
  auto* fields = model.mutable_functions(0)->mutable_unknown_fields();
  fields->AddLengthDelimited(11)->assign(fallback.SerializeAsString());
  const auto imported = import_bytes(model.SerializeAsString());
  EXPECT_EQ(imported.graph.value(imported.graph.outputs[0]).constant->values<std::int64_t>()[0], 42);
  EXPECT_EQ(imported.unknown_fields, 0);
}

TEST(FunctionImport, ResultsThatAreInputsOrRepeatedKeepTheirNames) {
  const auto model =
      import_functions(input("x", "2") + node("F", "x", "a b c", kDomain) + output("a") + output("b") + output("c"),
                       function("F", "input: \"i\" output: [\"i\", \"r\", \"r\"]", node("Relu", "i", "r")));
  std::vector<std::string> names;
  for (ValueId id : model.graph.outputs) names.push_back(model.graph.value(id).name);
  EXPECT_THAT(names, testing::ElementsAre("a", "b", "c"));
  verify(model.graph);
}

TEST(FunctionImport, NamesOfTheFileAreNotTaken) {
  const auto model =
      import_functions(input("x", "2") + node("F", "x", "a", kDomain) + node("Relu", "a", "F/t") + output("F/t"),
                       function("F", "input: \"i\" output: \"o\"", node("Relu", "i", "t") + node("Relu", "t", "o")));
  EXPECT_EQ(model.graph.value(model.graph.outputs[0]).name, "F/t");
  EXPECT_NE(model.graph.find_value("F/t_1"), kNone);
}

TEST(FunctionImport, FunctionsMayRedefineOperators) {
  const auto model = import_text(13, input("x", "2") + node("Mish", "x", "y") + output("y"),
                                 "functions { name: \"Mish\" input: \"i\" output: \"o\" opset_import { version: 13 } " +
                                     node("Relu", "i", "o") + "}");
  EXPECT_EQ(model.graph.node(model.graph.order()[0]).op->name, "Relu");
}

TEST(FunctionImport, WrongCallsAreModelErrors) {
  const std::string f = function("F", "input: \"i\" output: \"o\"", node("Relu", "i", "o"));
  EXPECT_THAT(function_error(input("x", "1") + node("F", "x x", "y", kDomain) + output("y"), f),
              Is(ErrorCode::model, "too many inputs"));
  EXPECT_THAT(function_error(input("x", "1") + node("F", "x", "y z", kDomain) + output("y"), f),
              Is(ErrorCode::model, "too many outputs"));
  EXPECT_THAT(function_error(input("x", "1") + node("F", "x", "y", kDomain + integer("a", 1)) + output("y"), f),
              Is(ErrorCode::model, "unknown attribute"));
  EXPECT_THAT(function_error(input("x", "1") + node("F", "", "y", kDomain) + output("y"), f),
              Is(ErrorCode::model, "required input"));
  EXPECT_THAT(function_error(input("x", "1") + output("x"), f + f), Is(ErrorCode::model, "defined twice"));
  EXPECT_THAT(function_error(input("x", "1") + node("F", "x", "y", kDomain) + output("y"),
                             function("F", "input: \"i\" output: \"o\"", node("Relu", "i", "p"))),
              Is(ErrorCode::model, "'o' of the function is made by nothing"));
  EXPECT_THAT(function_error(input("x", "1") + node("F", "x", "y", kDomain) + output("y"),
                             function("F", "input: \"i\" output: \"o\"", node("Relu", "x", "o"))),
              Is(ErrorCode::model, "'x' is made by nothing"));
}

TEST(FunctionImport, CyclesDepthAndExplosionEnd) {
  const auto chain = [](int length, int calls, bool cycle) {
    std::string text;
    for (int i = 0; i < length; ++i) {
      const bool last = i + 1 == length;
      const std::string callee = fmt::format("F{}", last && cycle ? 0 : i + 1);
      std::string nodes;
      for (int k = 0; k < calls; ++k) {
        const std::string out = k + 1 == calls ? "o" : fmt::format("t{}", k);
        const std::string in = k == 0 ? "i" : fmt::format("t{}", k - 1);
        nodes += last && !cycle ? node("Relu", in, out) : node(callee, in, out, kDomain);
      }
      text += function(fmt::format("F{}", i), "input: \"i\" output: \"o\"", nodes);
    }
    return text;
  };
  const std::string graph = input("x", "1") + node("F0", "x", "y", kDomain) + output("y");
  EXPECT_THAT(function_error(graph, chain(3, 1, true)), Is(ErrorCode::model, "F0 -> F1 -> F2"));
  EXPECT_NO_THROW(import_functions(graph, chain(64, 1, false)));
  EXPECT_THAT(function_error(graph, chain(65, 1, false)), Is(ErrorCode::limit, "nested too deep"));
  EXPECT_THAT(function_error(graph, chain(2000, 1, false)), Is(ErrorCode::limit, "nested too deep"));
  ImportOptions small;
  small.limits.nodes = 5'000;
  EXPECT_THAT(function_error(graph, chain(30, 2, false), small), Is(ErrorCode::limit, "too many nodes"));
}

// F0 to F(length-1): the body of each holds `inside(callee)`, that of the last Relu.
std::string tower(int length, const std::function<std::string(const std::string&)>& inside) {
  std::string text;
  for (int i = 0; i < length; ++i)
    text += function(fmt::format("F{}", i), "input: \"i\" output: \"o\"",
                     i + 1 == length ? node("Relu", "i", "o") : inside(fmt::format("F{}", i + 1)));
  return text;
}
const std::string kCallOfTower = input("x", "1") + node("F0", "x", "y", kDomain) + output("y");

TEST(FunctionImport, SubgraphsInFunctionsNestNoDeeperThanInTheFile) {
  const auto branch = [](const std::string& name, const std::string& body) {
    return "attribute { name: \"" + name + "\" type: GRAPH g { " + body + output("r") + "} } ";
  };
  const auto within_if = [&](const std::string& callee) {
    return node("Cast", "i", "c", integer("to", 9)) + node("If", "c", "o",
                                                           branch("then_branch", node(callee, "i", "r", kDomain)) +
                                                               branch("else_branch", node("Identity", "i", "r")));
  };
  EXPECT_NO_THROW(import_functions(kCallOfTower, tower(17, within_if)));
  for (const int length : {18, 64, 10'000})
    EXPECT_THAT(function_error(kCallOfTower, tower(length, within_if)), Is(ErrorCode::limit, "nested too deep"));
}

TEST(FunctionImport, WhatCallsRepeatIsLimited) {
  const auto twice = [](const std::string& name) {
    return [name](const std::string& callee) {
      return node(callee, "i", "t", kDomain + "name: \"" + name + "\"") + node(callee, "t", "o", kDomain);
    };
  };
  EXPECT_NO_THROW(import_functions(kCallOfTower, tower(12, twice("short"))));
  EXPECT_THAT(function_error(kCallOfTower, tower(16, twice(std::string(4000, 'n')))),
              Is(ErrorCode::limit, "too many names and attributes"));
  std::string numbers = "1";
  for (int i = 0; i < 20'000; ++i) numbers += ", 1";
  const auto with_list = [&](const std::string& callee) {
    return node("Constant", "", "q", ints("value_ints", numbers)) + twice("n")(callee);
  };
  EXPECT_THAT(function_error(kCallOfTower, tower(12, with_list)),
              Is(ErrorCode::limit, "too many names and attributes"));
}

TEST(FunctionImport, AllCallsShareTheTensorsOfTheBody) {
  ImportOptions options;
  options.limits.tensor_bytes = 20;  // one such tensor, not two
  const std::string tensor =
      "attribute { name: \"value\" type: TENSOR t { dims: 3 data_type: 1 raw_data: \"abcdefghijkl\" } }";
  const auto model = import_text(
      13, node("F", "", "a", kDomain) + node("F", "", "b", kDomain) + output("a") + output("b"),
      kImport + function("F", "output: \"o\"", node("Constant", "", "c", tensor) + node("Identity", "c", "o")),
      options);
  std::vector<TensorPtr> held;
  for (const NodeId id : model.graph.order())
    held.push_back(model.graph.value(model.graph.node(id).inputs[0]).constant);
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0], held[1]);
}

}  // namespace
}  // namespace rondo::test
