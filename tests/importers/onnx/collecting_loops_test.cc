// Loops that fill a sequence, before and after.
#include "importers/onnx/collecting_loops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model_text.h"

namespace rondo::test {
namespace {

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : " ") + (name.empty() ? "_" : name);
  return out;
}
template <class T>
std::string names_of(const T& values) {
  std::string out;
  for (const auto& v : values) out += (out.empty() ? "" : " ") + v.name();
  return out;
}

// "body(inputs){nodes}(outputs)" of a subgraph, "outputs = Op(inputs)" of a node.
std::string shown(const onnx::GraphProto& graph) {
  std::string out = "(" + names_of(graph.input()) + "){";
  for (const auto& node : graph.node()) {
    out += fmt::format("{} = {}({})", joined(node.output()), node.op_type(), joined(node.input()));
    for (const auto& a : node.attribute()) out += a.has_g() ? shown(a.g()) : "";
    out += "; ";
  }
  return out + "}(" + names_of(graph.output()) + ")";
}

std::string body(const std::string& inputs, const std::string& nodes, const std::string& outputs) {
  return "attribute { name: \"body\" type: GRAPH g { " + inputs + nodes + outputs + " } } ";
}
std::string in(const std::string& name) { return "input { name: \"" + name + "\" } "; }

std::string rewritten(const std::string& graph) {
  onnx::ModelProto model = parse_model(model_text(13, graph));
  importer::collect_by_scan_outputs(*model.mutable_graph());
  return shown(model.graph());
}

const std::string kEmpty = node("SequenceEmpty", "", "none");
const std::string kStates = in("i") + in("c") + in("h") + in("list");
const std::string kAppend = node("Tanh", "h", "h2") + node("SequenceInsert", "list h2", "list2");
const std::string kResults = output("c") + output("h2") + output("list2");

TEST(CollectingLoops, AppendBecomesAScanOutput) {
  const std::string loop = node("Loop", "n _ h0 none", "hn all", body(kStates, kAppend, kResults));
  EXPECT_EQ(rewritten(kEmpty + loop), "(){hn all = Loop(n _ h0)(i c h){h2 = Tanh(h); }(c h2 h2); }()");
}

TEST(CollectingLoops, ScanOutputsOfTheLoopStayInFront) {
  const std::string first = in("i") + in("c") + in("list") + in("h");
  const std::string outputs = output("c") + output("list2") + output("h2") + output("y");
  const std::string nodes = kAppend + node("Exp", "h", "y");
  EXPECT_EQ(rewritten(kEmpty + node("Loop", "n _ none h0", "all hn ys", body(first, nodes, outputs))),
            "(){hn ys all = Loop(n _ h0)(i c h){h2 = Tanh(h); y = Exp(h); }(c h2 y h2); }()");
  EXPECT_EQ(rewritten(kEmpty + node("Loop", "n _ none h0", "all", body(first, nodes, outputs))),
            "(){_ _ all = Loop(n _ h0)(i c h){h2 = Tanh(h); y = Exp(h); }(c h2 y h2); }()");
}

TEST(CollectingLoops, SeveralListsKeepTheirOrder) {
  const std::string inputs = in("i") + in("c") + in("a") + in("b");
  const std::string nodes = node("SequenceInsert", "a x", "a2") + node("SequenceInsert", "b z", "b2");
  const std::string loop =
      node("Loop", "n _ none none", "p q", body(inputs, nodes, output("c") + output("a2") + output("b2")));
  EXPECT_EQ(rewritten(kEmpty + loop), "(){p q = Loop(n _)(i c){}(c x z); }()");
}

TEST(CollectingLoops, InsideASubgraph) {
  const std::string inner = kEmpty + node("Loop", "n _ h0 none", "hn all", body(kStates, kAppend, kResults));
  EXPECT_EQ(rewritten(node("If", "c", "y", "attribute { name: \"then_branch\" type: GRAPH g { " + inner + " } }")),
            "(){y = If(c)(){hn all = Loop(n _ h0)(i c h){h2 = Tanh(h); }(c h2 h2); }(); }()");
}

TEST(CollectingLoops, OtherUsesStay) {
  const auto stays = [](const std::string& graph) {
    EXPECT_EQ(rewritten(graph), shown(parse_model(model_text(13, graph)).graph())) << graph;
  };
  const auto loop = [](const std::string& nodes, const std::string& results) {
    return kEmpty + node("Loop", "n _ h0 none", "hn all", body(kStates, nodes, results));
  };
  stays(loop(kAppend + node("SequenceLength", "list", "k"), kResults));   // the list is read
  stays(loop(kAppend + node("SequenceLength", "list2", "k"), kResults));  // after the append
  stays(loop(kAppend, output("c") + output("list2") + output("h2")));     // it becomes another state
  stays(loop(kAppend, kResults + output("list2")));                       // and is collected itself
  stays(loop(node("SequenceInsert", "list h p", "list2"), output("c") + output("h") + output("list2")));
  stays(loop(node("SequenceInsert", "other h", "list2"), output("c") + output("h") + output("list2")));
  stays(node("SequenceConstruct", "x", "none") +
        node("Loop", "n _ h0 none", "hn all", body(kStates, kAppend, kResults)));
  stays(loop(kAppend, output("c") + output("h2")));  // malformed in several ways
  stays(kEmpty + node("Loop", "n _ h0 none", "hn all", body(in("i"), kAppend, kResults)));
  stays(kEmpty + node("Loop", "n", "all", body(in("i"), kAppend, kResults)) + node("Identity", "none", "kept"));
  stays(kEmpty + node("Loop", "n _ none", "all") + node("Identity", "none", "kept"));
}

TEST(CollectingLoops, AnEmptySequenceThatIsUsedStays) {
  const std::string loop = node("Loop", "n _ h0 none", "hn all", body(kStates, kAppend, kResults));
  EXPECT_EQ(rewritten(kEmpty + loop + node("SequenceLength", "none", "k")),
            "(){none = SequenceEmpty(); hn all = Loop(n _ h0)(i c h){h2 = Tanh(h); }(c h2 h2); k = "
            "SequenceLength(none); }()");
}

}  // namespace
}  // namespace rondo::test
