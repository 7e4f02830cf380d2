#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "importers/npy/npy.h"
#include "process.h"
#include "sample_models.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;

class Run : public testing::Test {
 protected:
  void SetUp() override {
    write_stack(folder_.path() / "stack.onnx");
    write_lstm_folder(folder_.path() / "lstm");
  }
  std::string stack() const { return folder_ / "stack.onnx"; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }
  TempFolder folder_;
};

TEST_F(Run, SameSeedSameNumbers) {
  const Outcome a = rondo({"run", stack(), "--seed", "3", "--json"});
  EXPECT_EQ(a.code, 0) << a.err;
  EXPECT_EQ(a.err, "");
  const auto values = [](const Outcome& o) { return o.document().at("outputs").at(0).at("values"); };
  EXPECT_EQ(values(a), values(rondo({"run", stack(), "--seed", "3", "--json", "--threads", "2"})));
  EXPECT_NE(values(a), values(rondo({"run", stack(), "--seed", "4", "--json"})));
  EXPECT_EQ(a.document().at("outputs").at(0).at("shape"), (nlohmann::json{16, 1, 2}));
}

TEST_F(Run, SummaryNamesWhatWasAssumed) {
  const Outcome o = rondo({"run", stack(), "--dim", "T=3"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("float32[3,1,3]"));
  EXPECT_THAT(o.out, HasSubstr("assumed batch=1"));
  EXPECT_THAT(o.out, HasSubstr("float32[3,1,2]"));
  EXPECT_THAT(o.out, HasSubstr("mean"));
}

TEST_F(Run, ShapesMayBeGivenWhole) {
  const auto j = rondo({"run", stack(), "--shape", "X:4x5x3", "--json"}).document();
  EXPECT_EQ(j.at("outputs").at(0).at("shape"), (nlohmann::json{4, 5, 2}));
  EXPECT_TRUE(j.at("assumed").empty());
}

TEST_F(Run, LengthsAreAllOfT) {
  const Outcome o = rondo({"run", folder_ / "lstm/model.onnx"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("from the number of steps, 16"));
}

TEST_F(Run, OutputsBecomeFilesThatReadBack) {
  const std::string y = folder_ / "y.npy";
  const Outcome o = rondo({"run", stack(), "--output", "Y=" + y, "--json"});
  EXPECT_EQ(o.code, 0) << o.err;
  const Tensor t = read_npy(y);
  const auto values = o.document().at("outputs").at(0).at("values").get<std::vector<float>>();
  ASSERT_EQ(values.size(), static_cast<std::size_t>(t.count()));
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], t.values<float>()[i]);
}

TEST_F(Run, FilesAreNotOverwrittenUnasked) {
  const std::string y = folder_ / "y.npy";
  std::ofstream(y) << "precious";
  const std::size_t before = files();
  const Outcome o = rondo({"run", stack(), "--output", "Y=" + y});
  EXPECT_EQ(o.code, 2);
  EXPECT_THAT(o.err, HasSubstr("--force"));
  EXPECT_EQ(contents(y), "precious");
  EXPECT_EQ(rondo({"run", stack(), "--trace", y}).code, 2);
  EXPECT_EQ(contents(y), "precious");
  EXPECT_EQ(rondo({"run", stack(), "--output", "Y=" + y, "--force"}).code, 0);
  EXPECT_EQ(read_npy(y).count(), 32);
  EXPECT_EQ(files(), before) << "something else was written";
}

TEST_F(Run, WhatIsReadIsNeverReplaced) {
  const std::string model = folder_ / "model.npy";  // a model by another name
  std::filesystem::copy_file(stack(), model);
  const std::string before = contents(model);
  const std::string around = folder_ / "./model.npy", link = folder_ / "link.npy";
  std::filesystem::create_symlink(model, link);
  for (const std::string& path : {model, around, link}) {
    const Outcome o = rondo({"run", model, "--output", "Y=" + path, "--force"});
    EXPECT_EQ(o.code, 2) << path;
    EXPECT_THAT(o.err, HasSubstr("reads"));
  }
  EXPECT_EQ(rondo({"run", model, "--trace", model, "--force"}).code, 2);
  EXPECT_EQ(contents(model), before);

  const std::string x = folder_ / "x.npy";
  std::vector<float> zeros(6);
  write_npy(x, Tensor::of<float>(DType::float32, {2, 1, 3}, zeros).view(), Overwrite::no);
  const std::string input = contents(x);
  EXPECT_EQ(rondo({"run", stack(), "--input", "X=" + x, "--output", "Y=" + x, "--force"}).code, 2);
  EXPECT_EQ(contents(x), input);
}

TEST_F(Run, ShapesHaveASizeOnBothSidesOfAnX) {
  for (const char* shape : {"X:4x1x", "X:x4x1", "X:4xx1", "X:4x1x3x"})
    EXPECT_EQ(rondo({"run", stack(), "--shape", shape}).code, 2) << shape;
  EXPECT_EQ(rondo({"run", stack(), "--shape", "X:4x1x3"}).code, 0);
}

TEST_F(Run, SeedsAreWholeNumbers) {
  for (const char* seed : {"-1", "1.5", "99999999999999999999999", "x"})
    EXPECT_EQ(rondo({"run", stack(), "--seed", seed}).code, 2) << seed;
}

TEST_F(Run, AFailedRunWritesNothing) {
  const std::size_t before = files();
  EXPECT_NE(rondo({"run", stack(), "--shape", "X:4x5x9", "--output", "Y=" + (folder_ / "y.npy")}).code, 0);
  EXPECT_EQ(files(), before);
}

TEST_F(Run, InputsFromArraysAndDataSets) {
  const auto fresh = rondo({"run", stack(), "--dim", "T=2", "--json"}).document();
  std::vector<float> zeros(6);
  write_npy(folder_ / "x.npy", Tensor::of<float>(DType::float32, {2, 1, 3}, zeros).view(), Overwrite::no);
  const auto given = rondo({"run", stack(), "--input", "X=" + (folder_ / "x.npy"), "--json"}).document();
  EXPECT_EQ(given.at("outputs").at(0).at("shape"), (nlohmann::json{2, 1, 2}));
  EXPECT_EQ(given.at("outputs").at(0).at("values"), (nlohmann::json{0., 0., 0., 0.}));  // no biases
  EXPECT_NE(fresh.at("outputs").at(0).at("values"), given.at("outputs").at(0).at("values"));

  const std::string set = folder_ / "lstm/test_data_set_0";
  const Outcome data = rondo({"run", folder_ / "lstm/model.onnx", "--data", set, "--json"});
  EXPECT_EQ(data.code, 0) << data.err;
  EXPECT_EQ(data.document().at("inputs").at(0).at("source"), set);
  const Outcome file = rondo({"run", folder_ / "lstm/model.onnx", "--input", "X=" + set + "/input_0.pb", "--input",
                              "sequence_lens=" + set + "/input_1.pb", "--json"});
  EXPECT_EQ(file.code, 0) << file.err;
  EXPECT_EQ(file.document().at("outputs"), data.document().at("outputs"));
}

TEST_F(Run, WrongTypesSayWhatIsWanted) {
  std::vector<double> values(6);
  write_npy(folder_ / "x.npy", Tensor::of<double>(DType::float64, {2, 1, 3}, values).view(), Overwrite::no);
  const Outcome o = rondo({"run", stack(), "--input", "X=" + (folder_ / "x.npy")});
  EXPECT_EQ(o.code, 5);
  EXPECT_THAT(o.err, HasSubstr("float64"));
  EXPECT_THAT(o.err, HasSubstr("float32[T,batch,3]"));
}

TEST_F(Run, TraceIsWhatViewersRead) {
  const std::string file = folder_ / "t.json";
  EXPECT_EQ(rondo({"run", stack(), "--trace", file}).code, 0);
  const auto trace = nlohmann::json::parse(contents(file));
  std::string names;
  for (const auto& event : trace.at("traceEvents")) {
    EXPECT_EQ(event.at("ph"), "X");
    EXPECT_GE(event.at("dur").get<double>(), 0);
    names += event.at("name").get<std::string>() + ";";
  }
  for (const char* phase : {"load", "prepare", "run"}) EXPECT_THAT(names, HasSubstr(phase));
}

TEST_F(Run, ATimeLimitIsANumberOfZeroOrMore) {
  for (const char* seconds : {"nan", "-1", "long"}) {
    const Outcome o = rondo({"run", stack(), "--max-seconds", seconds});
    EXPECT_EQ(o.code, 2) << seconds;
    EXPECT_THAT(o.err, HasSubstr("is no number of 0 or more")) << seconds;
  }
  EXPECT_EQ(rondo({"run", stack(), "--max-seconds", "0"}).code, 0);
}

}  // namespace
}  // namespace rondo::test
