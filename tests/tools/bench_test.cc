#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "process.h"
#include "sample_models.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Bench : public testing::Test {
 protected:
  void SetUp() override { write_stack(folder_.path() / "stack.onnx"); }
  // Few and short blocks: what is asked is the form of the answer, not the time.
  Outcome bench(std::vector<std::string> more, const Surroundings& around = {}) const {
    std::vector<std::string> all{"bench", folder_ / "stack.onnx", "--dim", "T=3", "--repeat", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return rondo(all, around);
  }
  TempFolder folder_;
};

TEST_F(Bench, IsADocumentOfOneObjectForARow) {
  const Outcome o = bench({"--threads", "1,2", "--isa", "scalar", "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  const nlohmann::json rows = o.document();
  ASSERT_EQ(rows.size(), 2u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    EXPECT_EQ(row.at("threads"), i + 1);
    EXPECT_EQ(row.at("runtime"), "rondo");
    EXPECT_EQ(row.at("isa"), "scalar");
    EXPECT_GT(row.at("min_us"), 0.0);
    EXPECT_LE(row.at("min_us"), row.at("median_us"));
    EXPECT_LE(row.at("median_us"), row.at("p99_us"));
    EXPECT_GE(row.at("runs"), 1);
    EXPECT_THAT(row.at("dims").at(0).get<std::string>(), HasSubstr("[3,"));
  }
}

TEST_F(Bench, WritesTheRowsInOtherForms) {
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  const Outcome md = bench({"--threads", "1", "--format", "md"});
  EXPECT_THAT(md.out, StartsWith("| runtime | threads | isa |"));
  EXPECT_EQ(lines(md.out), 3);
  const Outcome csv = bench({"--threads", "1", "--format", "csv"});
  EXPECT_THAT(csv.out, StartsWith("runtime,threads,isa,"));
  EXPECT_EQ(lines(csv.out), 2);
  EXPECT_THAT(bench({"--threads", "1"}).out, HasSubstr("median us"));
}

TEST_F(Bench, SaysWhatItAssumed) {
  const Outcome o = rondo({"bench", folder_ / "stack.onnx", "--threads", "1", "--repeat", "1"});
  EXPECT_EQ(o.code, 0);
  EXPECT_THAT(o.err, HasSubstr("assumed T=16"));
}

TEST_F(Bench, RefusesWhatItCannotMeasure) {
  EXPECT_EQ(bench({"--threads", "0"}).code, 2);
  EXPECT_EQ(bench({"--threads", "1,x"}).code, 2);
  EXPECT_EQ(bench({"--against", "something"}).code, 2);
  EXPECT_EQ(bench({"--format", "xml"}).code, 2);
  EXPECT_EQ(rondo({"bench", "-"}, {.in = folder_ / "stack.onnx"}).code, 2);
  EXPECT_EQ(rondo({"bench", folder_ / "missing.onnx"}).code, 7);
}

// A library that is no ONNX Runtime is named, and no defect of ours.
TEST_F(Bench, ALibraryThatIsNoneIsNoInternalError) {
  const Outcome o = bench({"--against", "onnxruntime"}, {.environment = {"RONDO_ORT=" + (folder_ / "stack.onnx")}});
  EXPECT_EQ(o.code, 4);
  EXPECT_THAT(o.err, HasSubstr("Fix: measure Rondo alone"));
}

}  // namespace
}  // namespace rondo::test
