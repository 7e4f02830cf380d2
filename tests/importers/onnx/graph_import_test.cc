// The structure of graphs: order, names, types, subgraph captures and everything that can be wrong with them.
#include <gtest/gtest.h>

#include <chrono>

#include "model_text.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

const std::string kFloat1 = " dims: 1 data_type: 1 float_data: 1 ";

Error graph_error(const std::string& graph, int opset = 13) { return import_error(model_bytes(opset, graph)); }

TEST(GraphImport, PrintsAsExpected) {
  const auto model = import_text(13, input("x", "N,3") + node("Relu", "x", "a", "name: \"r\"") +
                                         node("Identity", "a", "y", "name: \"i\"") + output("y"));
  EXPECT_EQ(print(model.graph),
            "graph \"g\"\n"
            "  input %x : float32[N,3]\n"
            "  %a = Relu(%x) \"r\" : float32[N,3]\n"
            "  %y = Identity(%a) \"i\" : float32[N,3]\n"
            "  output %y\n");
  verify(model.graph);
}

TEST(GraphImport, InitializersThatAreInputsAreConstants) {
  const auto model = import_text(13, input("x", "1") + input("w", "1") + "initializer { name: \"w\" " + kFloat1 + "} " +
                                         node("Identity", "w", "y") + output("y") + output("w") + output("x"));
  EXPECT_EQ(model.graph.inputs.size(), 1u);
  EXPECT_EQ(model.graph.outputs.size(), 3u);
  EXPECT_NE(model.graph.value(model.graph.find_value("w")).constant, nullptr);
  EXPECT_TRUE(model.warnings.empty());
  EXPECT_THAT(graph_error(input("w", "1", 7) + "initializer { name: \"w\" " + kFloat1 + "} " + output("w")),
              Is(ErrorCode::model, "differ in type"));
}

TEST(GraphImport, InitializersAreWhatTheirInputsDeclare) {
  const auto with = [](const std::string& v_dims, const std::string& w_dims) {
    const auto zeros = [](const char* name) {
      return std::string("initializer { name: \"") + name +
             "\" dims: [2, 3] data_type: 1 float_data: [1, 2, 3, 4, 5, 6] } ";
    };
    return model_bytes(13, input("v", v_dims) + input("w", w_dims) + zeros("v") + zeros("w") + output("w"));
  };
  for (const char* w : {"2,3", "M,N", "A,3", "2,N"}) EXPECT_NO_THROW(import_bytes(with("M,N", w))) << w;
  for (const char* w : {"2,4", "2", "2,3,1", "N,M", "Q,Q"})
    EXPECT_THAT(import_error(with("M,N", w)), Is(ErrorCode::model, "input 'w' and its initializer differ in shape"));
  EXPECT_THAT(import_error(with("M,N", "2,M")), Is(ErrorCode::model, "dim 'M' is 2 elsewhere"));
}

TEST(GraphImport, EveryFormOfConstant) {
  const auto constant = [](const std::string& attribute, int opset = 13) {
    const auto model = import_text(opset, node("Constant", "", "c", attribute) + output("c"));
    EXPECT_EQ(model.graph.order().size(), 0u);
    return model.graph.value(model.graph.find_value("c")).constant;
  };
  EXPECT_EQ(constant(real("value_float", 2.5f))->values<float>()[0], 2.5f);
  EXPECT_EQ(constant(integer("value_int", -3))->values<std::int64_t>()[0], -3);
  EXPECT_THAT(constant(ints("value_ints", "1, 2"))->shape(), testing::ElementsAre(2));
  EXPECT_EQ(constant("attribute { name: \"value_floats\" type: FLOATS floats: [1, 2, 3] }")->count(), 3);
  EXPECT_EQ(constant("attribute { name: \"value\" type: TENSOR t { data_type: 7 int64_data: 9 } }", 1)
                ->values<std::int64_t>()[0],
            9);
  const auto error = [](const std::string& attributes, int opset = 13) {
    return import_error(model_bytes(opset, node("Constant", "", "c", attributes) + output("c")));
  };
  EXPECT_THAT(error(""), Is(ErrorCode::model, "exactly one attribute"));
  EXPECT_THAT(error(integer("value_int", 1) + real("value_float", 1)), Is(ErrorCode::model, "exactly one"));
  EXPECT_THAT(error(integer("value_int", 1), 11), Is(ErrorCode::model, "opset 12"));
  EXPECT_THAT(error(integer("value_float", 1)), Is(ErrorCode::model, "wrong kind"));
  EXPECT_THAT(error(text("value_string", "s")), Is(ErrorCode::unsupported, "text"));
  EXPECT_THAT(error("attribute { name: \"sparse_value\" type: SPARSE_TENSOR sparse_tensor { dims: 1 } }"),
              Is(ErrorCode::unsupported, "SPARSE_TENSOR"));
}

TEST(GraphImport, UnorderedNodesAreSortedWithAWarning) {
  const auto model = import_text(
      13, input("x", "2") + node("Relu", "b", "y") + node("Relu", "a", "b") + node("Relu", "x", "a") + output("y"));
  EXPECT_THAT(model.warnings, testing::ElementsAre(testing::HasSubstr("sorted")));
  verify(model.graph);
}

TEST(GraphImport, CyclesShowAShortestOne) {
  const auto relu = [](const char* in, const char* out) {
    return node("Relu", in, out, fmt::format("name: \"n_{}\"", out));
  };
  EXPECT_THAT(graph_error(relu("y", "y") + output("y")), Is(ErrorCode::model, "got n_y"));
  EXPECT_THAT(graph_error(relu("b", "a") + relu("a", "b") + output("a")), Is(ErrorCode::model, "n_a -> n_b"));
  // A cycle of three beside one of two, and a tail that leads nowhere.
  EXPECT_THAT(graph_error(relu("c", "a") + relu("a", "b") + relu("b", "c") + relu("e", "d") + relu("d", "e") +
                          relu("a", "t") + output("t")),
              Is(ErrorCode::model, "n_d -> n_e)"));
}

TEST(GraphImport, LongCyclesAndChainsTakeLinearTime) {
  constexpr int kNodes = 100'000;
  onnx::ModelProto model = parse_model(model_text(13, input("x", "1") + output("v0")));
  for (int i = 0; i < kNodes; ++i) {
    auto* n = model.mutable_graph()->add_node();
    n->set_op_type("Identity");
    n->add_input(fmt::format("v{}", i == 0 ? kNodes - 1 : i - 1));
    n->add_output(fmt::format("v{}", i));
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(import_error(model.SerializeAsString()), Is(ErrorCode::model, "and 99992 more"));
  model.mutable_graph()->mutable_node(0)->set_input(0, "x");
  EXPECT_EQ(import_bytes(model.SerializeAsString()).graph.order().size(), 100'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(GraphImport, UnknownNamesComeWithASuggestion) {
  EXPECT_THAT(graph_error(input("features", "1") + node("Relu", "fetures", "y") + output("y")),
              Is(ErrorCode::model, "input 'fetures' is made by nothing. Fix: if 'features' was meant"));
  EXPECT_THAT(graph_error(input("features", "1") + node("Relu", "features", "hidden") + output("hiden")),
              Is(ErrorCode::model, "if 'hidden' was meant"));
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "zzzzzzzz", "y") + output("y")),
              Is(ErrorCode::model, "made by nothing"));
}

TEST(GraphImport, NamesAreProducedOnce) {
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "x", "y") + node("Relu", "x", "y") + output("y")),
              Is(ErrorCode::model, "produced by another node"));
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "x", "x") + output("x")),
              Is(ErrorCode::model, "already an input"));
  EXPECT_THAT(graph_error(input("x", "1") + input("x", "1") + output("x")), Is(ErrorCode::model, "two inputs"));
}

TEST(GraphImport, EmptyAndDuplicateNodeNamesAreFine) {
  const auto model = import_text(13, input("x", "1") + node("Relu", "x", "a", "name: \"n\"") +
                                         node("Relu", "a", "b", "name: \"n\"") + node("Relu", "b", "y") + output("y"));
  EXPECT_EQ(model.graph.order().size(), 3u);
}

TEST(GraphImport, ErrorsNameThePlaceInTheFile) {
  const Error e = graph_error(input("x", "1", 9) + node("Constant", "", "c", integer("value_int", 1)) +
                              node("Relu", "x", "y", "name: \"bad\"") + output("y"));
  EXPECT_EQ(e.where().node, "bad");
  EXPECT_EQ(e.where().node_index, 1);
  EXPECT_EQ(e.where().graph, "g");
}

TEST(GraphImport, AllUnsupportedOperatorsAreListed) {
  const Error e = graph_error(input("x", "1") + node("Foo", "x", "a") + node("Foo", "a", "b") +
                              node("Bar", "b", "c", "domain: \"other\"") + node("Identity", "c", "d") +
                              node("Sequence", "d", "y") + output("y"));
  EXPECT_THAT(e, Is(ErrorCode::unsupported, "Foo"));
  EXPECT_THAT(e.others(),
              testing::ElementsAre("node '' (Foo #1, graph 'g'): operator Foo is not supported",
                                   "node '' (Bar #2, graph 'g'): operator other.Bar is of a domain that the model does "
                                   "not import",
                                   "node '' (Sequence #4, graph 'g'): operator Sequence is not supported"));
  EXPECT_THAT(graph_error(input("x", "1") + node("Identity", "x", "a") + node("Erf", "a", "y") + output("y"), 8),
              Is(ErrorCode::unsupported, "Erf"));
}

TEST(GraphImport, NodesNameTheirOperator) {
  const Error e = graph_error(input("x", "1") + node("", "x", "y", "name: \"n\"") + output("y"));
  EXPECT_THAT(e, Is(ErrorCode::model, "node 'n' (#0, graph 'g'): the node names no operator"));
}

TEST(GraphImport, AttributesAreChecked) {
  const auto error = [](const std::string& attributes, const std::string& op = "Relu") {
    return import_error(model_bytes(13, input("x", "1") + node(op, "x", "y", attributes) + output("y")));
  };
  EXPECT_THAT(error(integer("alpha", 1)), Is(ErrorCode::model, "attribute 'alpha': unknown attribute"));
  EXPECT_THAT(error(integer("a", 1) + integer("a", 1)), Is(ErrorCode::model, "given twice"));
  EXPECT_THAT(error("attribute { name: \"a\" type: INT f: 1 }"), Is(ErrorCode::model, "another value than its type"));
  EXPECT_THAT(error("attribute { name: \"a\" type: INT i: 1 f: 1 }"), Is(ErrorCode::model, "several values"));
  EXPECT_THAT(error("attribute { name: \"a\" }"), Is(ErrorCode::model, "neither type nor value"));
  EXPECT_THAT(error("attribute { name: \"a\" type: TENSOR }"), Is(ErrorCode::model, "no value"));
  EXPECT_THAT(error("attribute { type: INT i: 1 }"), Is(ErrorCode::model, "no name"));
  EXPECT_THAT(error("attribute { name: \"a\" type: INT i: 1 ref_attr_name: \"b\" }"),
              Is(ErrorCode::model, "both a value and a reference"));
  EXPECT_THAT(error("attribute { name: \"a\" type: INT ref_attr_name: \"b\" }"), Is(ErrorCode::model, "in none"));
  EXPECT_THAT(error("attribute { name: \"a\" type: TENSORS tensors { } }"), Is(ErrorCode::unsupported, "TENSORS"));
  EXPECT_THAT(error("attribute { name: \"body\" type: GRAPH g { } }"), Is(ErrorCode::model, "takes no subgraph"));
}

TEST(GraphImport, PortsAreChecked) {
  EXPECT_THAT(graph_error(node("Relu", "", "y") + output("y")), Is(ErrorCode::model, "required input"));
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "x x", "y") + output("y")), Is(ErrorCode::model, "too many"));
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "_ x", "y") + output("y")), Is(ErrorCode::model, ""));
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "x", "y z") + output("y")), Is(ErrorCode::model, "too many"));
  EXPECT_THAT(graph_error(input("x", "1") + node("Relu", "x", "_") + output("x")), Is(ErrorCode::model, "required"));
  EXPECT_THAT(graph_error(input("x", "1,1,1") + node("RNN", "x x x", "y h workspace") + output("y")),
              Is(ErrorCode::model, "too many outputs"));
  EXPECT_NO_THROW(import_text(13, input("x", "1") + node("Relu", "x _", "y") + output("y")));
}

TEST(GraphImport, EmptyGraphs) {
  EXPECT_NO_THROW(import_text(13, input("x", "1") + output("x")));
  EXPECT_THAT(graph_error(input("x", "1")), Is(ErrorCode::model, "no outputs"));
  EXPECT_THAT(graph_error(input("x", "1") + output("")), Is(ErrorCode::model, "made by nothing"));
}

TEST(GraphImport, InputsNeedATensorType) {
  EXPECT_THAT(graph_error("input { name: \"x\" } " + output("x")), Is(ErrorCode::model, "no type"));
  EXPECT_THAT(graph_error(input("x", "2,-1") + output("x")), Is(ErrorCode::model, "axis 1"));
  EXPECT_THAT(graph_error(input("x", "2", 8) + output("x")), Is(ErrorCode::unsupported, "string"));
  EXPECT_THAT(graph_error("input { name: \"x\" type { sequence_type { } } } " + output("x")),
              Is(ErrorCode::unsupported, "no tensor"));
  const auto model = import_text(13, "input { name: \"x\" type { tensor_type { elem_type: 1 } } } " + output("x"));
  EXPECT_FALSE(model.graph.value(model.graph.inputs[0]).type.ranked());
}

TEST(GraphImport, DeclarationsFillWhatInferenceLeftOpen) {
  const std::string unranked = "input { name: \"x\" type { tensor_type { elem_type: 1 } } } ";
  const auto filled = import_text(13, unranked + node("Relu", "x", "a") + node("Relu", "a", "y") + "value_info { " +
                                          value("a", "T,4") + "} " + output("y"));
  EXPECT_EQ(to_string(filled.graph.value(filled.graph.find_value("y")).type), "float32[T,4]");
  EXPECT_TRUE(filled.warnings.empty());
  const auto wrong = import_text(13, input("x", "2") + node("Relu", "x", "y") + "output { " + value("y", "3") + "}");
  EXPECT_EQ(to_string(wrong.graph.value(wrong.graph.find_value("y")).type), "float32[2]");
  EXPECT_THAT(wrong.warnings, testing::ElementsAre(testing::HasSubstr("float32[3]")));
}

TEST(GraphImport, HostileNamesAreEscapedInErrors) {
  onnx::ModelProto model = parse_model(model_text(13, input("x", "1") + node("Relu", "y", "z") + output("z")));
  model.mutable_graph()->mutable_node(0)->set_input(0, "\x1B[31m\xFF\n");
  const Error e = import_error(model.SerializeAsString());
  EXPECT_EQ(std::string(e.what()).find('\x1B'), std::string::npos);
  EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
}

TEST(GraphImport, GruOfPyTorchWithoutLinearBeforeResetIsWarnedOf) {
  const std::string graph = input("x", "T,N,2") + input("w", "1,9,2") + input("r", "1,9,3");
  const auto warnings = [&](const std::string& attributes, const std::string& producer) {
    return import_text(14, graph + node("GRU", "x w r", "y", attributes) + output("y"),
                       "producer_name: \"" + producer + "\"")
        .warnings;
  };
  EXPECT_THAT(warnings("", "pytorch"), testing::ElementsAre(testing::HasSubstr("linear_before_reset=0")));
  EXPECT_THAT(warnings(integer("linear_before_reset", 1), "pytorch"), testing::IsEmpty());
  EXPECT_THAT(warnings("", "skl2onnx"), testing::IsEmpty());
}

// A stand-in for control flow, to see how subgraphs are built: one condition, two bodies.
const OpDef& choose() {
  static const OpDef def{
      .name = "If",
      .attributes = {required_attr("then_branch", AttrKind::graph), required_attr("else_branch", AttrKind::graph)},
      .inputs = {{"cond", "B"}},
      .outputs = {{"outputs", "V", Presence::variadic}},
      .types = {{"B", kBool}, {"V", kAny, true}},
      .infer = [](InferContext& ctx) {
        const auto& body = std::get<GraphPtr>(*ctx.find("then_branch"));
        ctx.set(0, body->value(body->outputs[0]).type);
      }};
  return def;
}
const OpDef* with_choose(std::string_view domain, std::string_view name) {
  return name == "If" ? &choose() : find_op(domain, name);
}

std::string branch(const std::string& name, const std::string& graph) {
  return fmt::format("attribute {{ name: \"{0}\" type: GRAPH g {{ name: \"{0}\" {1} }} }} ", name, graph);
}

TEST(GraphImport, SubgraphsCaptureOuterValuesOnce) {
  ImportOptions options;
  options.find_operator = with_choose;
  const std::string inner = branch("then_branch", node("Relu", "a", "i") + output("i")) +
                            branch("else_branch", node("Identity", "w", "j") + output("j"));
  const auto model =
      import_text(13,
                  input("c", "", 9) + input("x", "1") + "initializer { name: \"w\" " + kFloat1 + "} " +
                      node("If", "c", "y",
                           branch("then_branch", node("Relu", "a", "t") + node("Relu", "t", "u") +
                                                     node("If", "c", "v", inner) + output("v")) +
                               branch("else_branch", node("Relu", "a", "e") + output("w") + output("e"))) +
                      node("Relu", "x", "a") + output("y"),
                  "", options);
  const Graph& g = model.graph;
  const Node& n = g.node(g.value(g.find_value("y")).producer);
  ASSERT_EQ(n.num_captures, 3u);
  std::vector<std::string> captured;
  for (std::size_t i = 1; i < n.inputs.size(); ++i) captured.push_back(g.value(n.inputs[i]).name);
  EXPECT_THAT(captured, testing::UnorderedElementsAre("a", "c", "w"));
  const Graph& then = *std::get<GraphPtr>(*find_attribute(n.attributes, "then_branch"));
  const Graph& other = *std::get<GraphPtr>(*find_attribute(n.attributes, "else_branch"));
  ASSERT_EQ(then.captures.size(), 3u);
  ASSERT_EQ(other.captures.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(then.captures[i] == kNone || then.value(then.captures[i]).name == captured[i]);
    EXPECT_EQ(other.captures[i] == kNone, captured[i] == "c");
  }
  EXPECT_NE(then.value(then.find_value("w")).constant, nullptr);
  EXPECT_THAT(model.warnings, testing::ElementsAre(testing::HasSubstr("sorted")));
}

TEST(GraphImport, SubgraphErrors) {
  ImportOptions options;
  options.find_operator = with_choose;
  const auto error = [&](const std::string& body) {
    return import_error(
        model_bytes(13, input("c", "", 9) + input("x", "1") +
                            node("If", "c", "y", branch("then_branch", body) + branch("else_branch", output("x"))) +
                            output("y")),
        options);
  };
  EXPECT_THAT(error(node("Relu", "nope", "t") + output("t")), Is(ErrorCode::model, "'nope' is made by nothing"));
  EXPECT_THAT(error("initializer { name: \"w\" " + kFloat1 + "} " + input("w", "1") + output("w")),
              Is(ErrorCode::model, "is an initializer, too"));
  EXPECT_THAT(error(node("Foo", "x", "t") + output("t")), Is(ErrorCode::unsupported, "Foo"));
}

}  // namespace
}  // namespace rondo::test
