#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process.h"
#include "sample_models.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Inspect : public testing::Test {
 protected:
  void SetUp() override {
    write_stack(folder_.path() / "stack.onnx");
    write_lstm_folder(folder_.path() / "lstm");
  }
  TempFolder folder_;
};

TEST_F(Inspect, NamesLayersAndParameters) {
  const Outcome o = rondo({"inspect", folder_ / "stack.onnx"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.err, "");
  for (const char* part : {"supported: yes", "float32[T,batch,3]", "gru.0", "gru.1", "layer 2 of 2",
                           "GRU bidirectional", "gru.1.bw/R", "fc.0/W", "T=16", "batch=1"})
    EXPECT_THAT(o.out, HasSubstr(part));
  EXPECT_THAT(o.out, Not(HasSubstr("\033")));
}

TEST_F(Inspect, Document) {
  const nlohmann::json j =
      rondo({"inspect", folder_ / "stack.onnx", "--json", "--explain", "--nodes", "--ir"}).document();
  EXPECT_EQ(j.at("supported"), true);
  EXPECT_EQ(j.at("operators").at("GRU"), 2);
  EXPECT_EQ(j.at("unknown_fields"), 0);
  ASSERT_EQ(j.at("recurrent_layers").size(), 2u);
  const nlohmann::json& layer = j["recurrent_layers"][1];
  EXPECT_EQ(layer.at("input_size"), 8);
  EXPECT_EQ(layer.at("hidden_size"), 4);
  EXPECT_EQ(layer.at("direction"), "bidirectional");
  EXPECT_EQ(layer.at("depth"), 2);
  EXPECT_NE(layer.at("runs_on").at("kernel"), "");
  EXPECT_EQ(j.at("parameters").size(), 9u);  // two directions of W and R in two layers, and the head
  EXPECT_EQ(j.at("inputs")[0].at("shape"), (nlohmann::json{"T", "batch", 3}));
  EXPECT_EQ(j.at("plan").at("input_shapes")[0], (nlohmann::json{16, 1, 3}));
  EXPECT_GT(j.at("plan").at("steps").size(), 2u);
  EXPECT_GE(j.at("nodes").size(), 7u);
  EXPECT_THAT(j.at("ir").get<std::string>(), HasSubstr("GRU"));
}

TEST_F(Inspect, WhatIsTrainedIsChosen) {
  const std::string model = folder_ / "stack.onnx";
  const Outcome o = rondo({"inspect", model, "--trainable", "gru.1.*", "--freeze", "*/W", "--trainable", "fc.0/W"});
  EXPECT_EQ(o.code, 0) << o.err;
  for (const char* part : {"gru.1/R", "trained", "frozen", "numbers are trained"}) EXPECT_THAT(o.out, HasSubstr(part));
  const nlohmann::json j =
      rondo({"inspect", model, "--json", "--trainable", "gru.1.*", "--freeze", "*/W", "--trainable", "fc.0/W"})
          .document()
          .at("training");
  std::vector<std::string> trained;
  for (const nlohmann::json& row : j)
    if (row.at("trained")) trained.push_back(row.at("alias"));
  EXPECT_THAT(trained, testing::ElementsAre("gru.1/R", "fc.0/W"));
  const Outcome none = rondo({"inspect", model, "--trainable", "gru.2/R"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("no parameter fits 'gru.2/R'"));
}

TEST_F(Inspect, DimsAreChosen) {
  const nlohmann::json j = rondo({"inspect", folder_ / "stack.onnx", "--json", "--dim", "T=7,batch=3"}).document();
  EXPECT_EQ(j.at("plan").at("input_shapes")[0], (nlohmann::json{7, 3, 3}));
  EXPECT_TRUE(j.at("plan").at("assumed").empty());
}

TEST_F(Inspect, LengthsAndCells) {
  const Outcome o = rondo({"inspect", folder_ / "lstm/model.onnx"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("lengths, no states"));
  EXPECT_THAT(o.out, HasSubstr("single layer"));
}

TEST_F(Inspect, UnsupportedSaysEveryReason) {
  write_unsupported(folder_.path() / "u.onnx");
  const Outcome text = rondo({"inspect", folder_ / "u.onnx"});
  EXPECT_EQ(text.code, 4);
  for (const std::string& stream : {text.out, text.err}) {
    EXPECT_THAT(stream, HasSubstr("NoSuchOp"));
    EXPECT_THAT(stream, HasSubstr("NorThisOp"));
  }
  EXPECT_THAT(text.out, HasSubstr("supported: no"));
  const Outcome o = rondo({"inspect", folder_ / "u.onnx", "--json"});
  EXPECT_EQ(o.code, 4);
  EXPECT_EQ(o.document().at("supported"), false);
  EXPECT_EQ(o.document().at("reasons").size(), 2u);
  EXPECT_THAT(o.document().at("reasons").dump(), HasSubstr("NorThisOp"));
}

TEST_F(Inspect, UnsupportedNamesEveryNodeInSubgraphsAndFunctionsToo) {
  write_unsupported_inside(folder_.path() / "u.onnx");
  const std::vector<std::string> reasons{"node 'one' (NoSuchOp #0, graph 'g'): operator NoSuchOp is not supported",
                                         "node 'inner' (NoSuchOp #0, graph 'body'): operator NoSuchOp is not supported",
                                         "node 'two' (NorThisOp #1, graph 'g'): operator NorThisOp is not supported",
                                         "node 'within' (NorThatOp #0, graph 'Call'): operator NorThatOp is not "
                                         "supported"};
  const Outcome o = rondo({"inspect", folder_ / "u.onnx", "--json"});
  EXPECT_EQ(o.code, 4);
  EXPECT_EQ(o.document().at("reasons"), nlohmann::json(reasons));
  const Outcome text = rondo({"inspect", folder_ / "u.onnx"});
  EXPECT_EQ(text.code, 4);
  for (const std::string& reason : reasons)
    for (const std::string& stream : {text.out, text.err}) EXPECT_THAT(stream, HasSubstr(reason));
}

TEST_F(Inspect, LimitsNeedNoModel) {
  EXPECT_THAT(rondo({"inspect", "--limits"}).out, HasSubstr("nodes"));
  EXPECT_GT(rondo({"inspect", "--limits", "--json"}).document().at("limits").at("nodes"), 0);
}

TEST_F(Inspect, ReadsStandardInput) {
  const Outcome o = rondo({"inspect", "-"}, {.in = folder_ / "stack.onnx"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("gru.1"));
}

TEST_F(Inspect, NamesAreEscaped) {
  write_stack(folder_.path() / "odd.onnx", "Y\033[31m\n");
  const Outcome o = rondo({"inspect", folder_ / "odd.onnx", "--ir", "--nodes", "--explain"});
  EXPECT_THAT(o.out + o.err, HasSubstr("Y\\x1b[31m\\x0a"));
  EXPECT_THAT(o.out + o.err, Not(HasSubstr("\033")));
  const Outcome run = rondo({"run", folder_ / "odd.onnx"});
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace rondo::test
