// Which tensors of a model can be trained, what they are called, and how rules choose among them.
#include "train/parameters.h"

#include <gmock/gmock.h>

#include "importers/onnx/model_text.h"
#include "support/wire.h"

namespace rondo::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using train::Candidate;
using train::candidates;
using train::choose;
using train::Rule;

std::string floats(const std::string& name, const std::string& dims, int count, int data_type = 1) {
  std::string text = "initializer { name: \"" + name + "\" " + dims + " data_type: " + std::to_string(data_type) + " ";
  for (int i = 0; i < count; ++i)
    text += (data_type == 1 ? "float_data: 0." : "int32_data: ") + std::to_string(i % 9 + 1) + " ";
  return text + "} ";
}
std::string dims(std::initializer_list<int> list) {
  std::string text;
  for (int d : list) text += "dims: " + std::to_string(d) + " ";
  return text;
}

// A bidirectional LSTM whose R holds both directions and whose W are joined, then Gemm and MatMul with Add.
std::string tagger() {
  const std::string join = node("Concat", "wf wb", "w", integer("axis", 0));
  const std::string lstm = node("LSTM", "x w r b", "h", integer("hidden_size", 2) + text("direction", "bidirectional"));
  return input("x", "T,1,3") + floats("wf", dims({1, 8, 3}), 24) + floats("wb", dims({1, 8, 3}), 24) +
         floats("r", dims({2, 8, 2}), 32) + floats("b", dims({2, 16}), 32) + join + lstm +
         "initializer { name: \"shape\" dims: 2 data_type: 7 int64_data: [-1, 4] } " +
         node("Reshape", "h shape", "flat") + floats("g.w", dims({4, 4}), 16) + floats("g.b", dims({4}), 4) +
         node("Gemm", "flat g.w g.b", "g") + floats("m.w", dims({4, 5}), 20) + floats("m.b", dims({5}), 5) +
         node("MatMul", "g m.w", "m") + node("Add", "m m.b", "y") + output("y");
}

std::vector<std::string> shown(const std::vector<Candidate>& all) {
  std::vector<std::string> list;
  for (const Candidate& c : all) list.push_back(c.alias() + "=" + c.name + (c.trainable() ? "" : ": " + c.frozen));
  return list;
}
std::vector<std::string> trained(const std::string& graph, const std::vector<Rule>& rules) {
  std::vector<Candidate> all = candidates(import_text(17, graph));
  choose(all, rules);
  std::vector<std::string> list;
  for (const Candidate& c : all)
    if (c.trained) list.push_back(c.alias());
  return list;
}
Error refused(const std::string& graph, const std::vector<Rule>& rules) {
  try {
    trained(graph, rules);
  } catch (const Error& e) {
    return e;
  }
  ADD_FAILURE() << "accepted";
  return Error(ErrorCode::model, "");
}

TEST(Parameters, ATensorOfBothDirectionsIsOneAndJoinedOnesAreTwo) {
  const std::vector<Candidate> all = candidates(import_text(17, tagger()));
  EXPECT_THAT(shown(all), ElementsAre("lstm.0.fw/W=wf", "lstm.0.bw/W=wb", "lstm.0/R=r", "lstm.0/B=b", "fc.0/W=g.w",
                                      "fc.0/B=g.b", "fc.1/W=m.w", "fc.1/B=m.b"));
  EXPECT_THAT(all[2].halves, ElementsAre("lstm.0.fw/R", "lstm.0.bw/R"));
  EXPECT_TRUE(all[0].recurrent && !all[0].head && all[4].head && all[7].bias);
  EXPECT_EQ(all[4].place, "graph/initializer[5]");
  EXPECT_EQ(all[2].tensor->shape(), (std::vector<std::int64_t>{2, 8, 2}));
  EXPECT_EQ(train::trained_count(all), 24 + 24 + 32 + 32 + 16 + 4 + 20 + 5);
}

TEST(Parameters, RulesInOrderTheLastOneWins) {
  EXPECT_THAT(trained(tagger(), {}), testing::SizeIs(8));
  EXPECT_THAT(trained(tagger(), {{true, "fc.*"}}), ElementsAre("fc.0/W", "fc.0/B", "fc.1/W", "fc.1/B"));
  EXPECT_THAT(trained(tagger(), {{true, "fc.*"}, {false, "*/b"}, {true, "FC.1/B"}}),
              ElementsAre("fc.0/W", "fc.1/W", "fc.1/B"));
  EXPECT_THAT(trained(tagger(), {{false, "recurrent"}, {false, "bias"}}), ElementsAre("fc.0/W", "fc.1/W"));
  EXPECT_THAT(trained(tagger(), {{true, "head"}, {false, "fc.0/?"}}), ElementsAre("fc.1/W", "fc.1/B"));
  EXPECT_THAT(trained(tagger(), {{true, "g.w"}}), ElementsAre("fc.0/W"));  // by the name in the file
  EXPECT_THAT(trained(tagger(), {{true, "lstm.0.*"}}),
              ElementsAre("lstm.0.fw/W", "lstm.0.bw/W", "lstm.0/R", "lstm.0/B"));
  EXPECT_THAT(trained(tagger(), {{true, "all"}, {false, "lstm.0/[RB]"}, {false, "fc*"}}),
              ElementsAre("lstm.0.fw/W", "lstm.0.bw/W"));
}

TEST(Parameters, RulesThatCannotBeMeant) {
  const Error near = refused(tagger(), {{true, "lstm.0.fv/W"}});
  EXPECT_EQ(near.code(), ErrorCode::usage);
  EXPECT_THAT(near.what(), HasSubstr("write lstm.0.fw/W"));
  EXPECT_THAT(near.what(), HasSubstr("fc.0/W"));
  EXPECT_THAT(refused(tagger(), {{false, "lstm.0.bw/*"}}).what(), HasSubstr("name lstm.0/R"));
  EXPECT_EQ(refused(tagger(), {{false, "all"}}).code(), ErrorCode::usage);
}

TEST(Parameters, WhatCannotBeTrainedSaysWhy) {
  const std::string graph = input("x", "1,2,3") + floats("q", dims({3, 4}), 12, 3) +
                            "initializer { name: \"s\" data_type: 1 float_data: 0.5 } " +
                            node("DequantizeLinear", "q s", "w") + node("MatMul", "x w", "m") +
                            floats("scale", dims({2}), 2) + floats("bias", dims({2}), 2) +
                            floats("mean", dims({2}), 2) + floats("var", dims({2}), 2) +
                            node("BatchNormalization", "m scale bias mean var", "y") + output("y");
  EXPECT_THAT(shown(candidates(import_text(17, graph))),
              ElementsAre("fc.0/W=q: of type int8", "norm.0/scale=scale", "norm.0/B=bias",
                          "norm.0/mean=mean: a running statistic", "norm.0/var=var: a running statistic"));
  EXPECT_THAT(trained(graph, {{true, "norm.*"}}), ElementsAre("norm.0/scale", "norm.0/B"));
  EXPECT_THAT(refused(graph, {{true, "fc.0/W"}}).what(), HasSubstr("of type int8"));
  EXPECT_THAT(trained(graph, {{false, "fc.0/W"}}), testing::SizeIs(2));
}

// Two layers of one R: it stands once, under both names.
TEST(Parameters, SharedTensorsStandOnce) {
  const std::string attributes = integer("hidden_size", 2);
  const std::string graph = input("x", "T,1,2") + floats("w", dims({1, 2, 2}), 4) + floats("r", dims({1, 2, 2}), 4) +
                            node("RNN", "x w r", "h", attributes) + node("Identity", "r", "again") +
                            "initializer { name: \"a\" dims: 1 data_type: 7 int64_data: 1 } " +
                            node("Squeeze", "h a", "s") + floats("w1", dims({1, 2, 2}), 4) +
                            node("RNN", "s w1 again", "y", attributes) + output("y");
  const std::vector<Candidate> all = candidates(import_text(17, graph));
  ASSERT_THAT(shown(all), ElementsAre("rnn.0.fw/W=w", "rnn.0.fw/R=r", "rnn.1.fw/W=w1"));
  EXPECT_THAT(all[1].aliases, ElementsAre("rnn.0.fw/R", "rnn.1.fw/R"));
  EXPECT_THAT(trained(graph, {{true, "rnn.1.fw/R"}}), ElementsAre("rnn.0.fw/R"));
}

}  // namespace
}  // namespace rondo::test
