#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "process.h"
#include "sample_models.h"

namespace rondo::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

namespace fs = std::filesystem;

class Verify : public testing::Test {
 protected:
  void SetUp() override {
    write_lstm_folder(folder_.path() / "a", 3);
    write_lstm_folder(folder_.path() / "b");
  }
  // Swaps the expectations of two data sets, so that both fail.
  void spoil() {
    const fs::path a = folder_.path() / "a";
    fs::rename(a / "test_data_set_0/output_0.pb", a / "o");
    fs::rename(a / "test_data_set_1/output_0.pb", a / "test_data_set_0/output_0.pb");
    fs::rename(a / "o", a / "test_data_set_1/output_0.pb");
  }
  TempFolder folder_;
};

TEST_F(Verify, CountsDataSets) {
  const Outcome o = rondo({"verify", folder_ / "a", folder_ / "b"});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
  EXPECT_EQ(o.err, "");
  EXPECT_THAT(o.out, EndsWith("\n4 passed, 0 failed, 0 skipped\n"));
  EXPECT_THAT(o.out, HasSubstr("worst float32: "));
}

TEST_F(Verify, FilesAmongTheFoldersArePassedOver) {
  std::ofstream(folder_ / "README.md") << "words";
  const Outcome o = rondo({"verify", folder_ / "README.md", folder_ / "a"});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
  EXPECT_THAT(o.err, HasSubstr("README.md is no folder"));
  EXPECT_THAT(o.out, EndsWith("\n3 passed, 0 failed, 0 skipped\n"));
  EXPECT_EQ(rondo({"verify", folder_ / "README.md"}).code, 7);
}

TEST_F(Verify, ALineForEveryFailure) {
  spoil();
  const Outcome o = rondo({"verify", folder_ / "a"});
  EXPECT_EQ(o.code, 10);
  EXPECT_EQ(o.err, "");
  EXPECT_THAT(o.out, EndsWith("\n1 passed, 2 failed, 0 skipped\n"));
  EXPECT_THAT(o.out, HasSubstr("failed " + (folder_ / "a/test_data_set_0") + ": 'Y' [0,0,0,0]: got "));
  for (const char* part : {"expected ", "differ", "largest error "}) EXPECT_THAT(o.out, HasSubstr(part));
}

TEST_F(Verify, Document) {
  spoil();
  const Outcome o = rondo({"verify", folder_ / "a", folder_ / "b", "--json"});
  EXPECT_EQ(o.code, 10);
  const nlohmann::json j = o.document();
  EXPECT_EQ(j.at("passed"), 2);
  EXPECT_EQ(j.at("failed"), 2);
  EXPECT_EQ(j.at("skipped"), 0);
  EXPECT_GT(j.at("worst_abs"), 1e-3);
  ASSERT_EQ(j.at("cases").size(), 4u);
  EXPECT_EQ(j["cases"][0].at("status"), "failed");
  EXPECT_EQ(j["cases"][0].at("outputs")[0].at("first_bad").at("index"), "[0,0,0,0]");
  EXPECT_EQ(j["cases"][2].at("status"), "passed");
}

TEST_F(Verify, ToleranceIsTheUsers) {
  spoil();
  EXPECT_EQ(rondo({"verify", folder_ / "a", "--atol", "3"}).code, 0);
  EXPECT_EQ(rondo({"verify", folder_ / "b", "--atol", "0", "--rtol", "1e-3"}).code, 0);
}

TEST_F(Verify, ABrokenModelFailsItsSetsAndNoOthers) {
  std::ofstream(folder_.path() / "a/model.onnx", std::ios::trunc) << "broken";
  const Outcome o = rondo({"verify", folder_ / "a", folder_ / "b"});
  EXPECT_EQ(o.code, 10);
  EXPECT_THAT(o.out, HasSubstr("E_MODEL"));
  EXPECT_THAT(o.out, EndsWith("\n1 passed, 3 failed, 0 skipped\n"));
}

TEST_F(Verify, DataThatDoesNotFitFails) {
  fs::remove(folder_.path() / "b/test_data_set_0/output_1.pb");
  EXPECT_THAT(rondo({"verify", folder_ / "b"}).out, HasSubstr("another number of outputs"));
  fs::remove(folder_.path() / "a/test_data_set_0/input_0.pb");
  EXPECT_THAT(rondo({"verify", folder_ / "a"}).out, HasSubstr("input_0.pb"));
  fs::remove(folder_.path() / "a/test_data_set_1/input_1.pb");
  const Outcome o = rondo({"verify", folder_ / "a"});
  EXPECT_THAT(o.out, HasSubstr("number of inputs"));
  EXPECT_THAT(o.out, EndsWith("\n1 passed, 2 failed, 0 skipped\n"));
}

TEST_F(Verify, Gradients) {
  const fs::path g = folder_.path() / "g";
  write_gradient_folder(g);
  const Outcome o = rondo({"verify", "--gradients", g.string()});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
  EXPECT_EQ(o.out, "worst float32: 0\n1 passed, 0 failed, 0 skipped\n");

  fs::copy(g / "gradient_data_set_0/gradient_W.pb", g / "gradient_data_set_0/gradient_X.pb",
           fs::copy_options::overwrite_existing);
  const Outcome wrong = rondo({"verify", "--gradients", g.string()});
  EXPECT_EQ(wrong.code, 10);
  EXPECT_THAT(wrong.out, HasSubstr("gradient of 'X': relative error 1.41, at most 2e-06"));
  const nlohmann::json j = rondo({"verify", "--gradients", g.string(), "--json"}).document();
  EXPECT_EQ(j.at("failed"), 1);
  EXPECT_NEAR(j.at("worst_relative_l2"), 1.414, 0.001);
  EXPECT_EQ(j["cases"][0].at("gradients").size(), 3u);
  EXPECT_EQ(rondo({"verify", "--gradients", g.string(), "--rtol", "2"}).code, 0);

  fs::rename(g / "gradient_data_set_0/gradient_X.pb", g / "gradient_data_set_0/gradient_Z.pb");
  EXPECT_THAT(rondo({"verify", "--gradients", g.string()}).out, HasSubstr("no tensor 'Z'"));
  fs::remove(g / "gradient_data_set_0/cotangent_0.pb");
  EXPECT_THAT(rondo({"verify", "--gradients", g.string()}).out, HasSubstr("another number of inputs or outputs"));
  const Outcome none = rondo({"verify", "--gradients", folder_ / "a"});
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, HasSubstr("gradient_data_set_0"));
}

TEST_F(Verify, UnsupportedModelsAreSkippedAndSaidSo) {
  write_unsupported(folder_.path() / "a/model.onnx");
  const Outcome both = rondo({"verify", folder_ / "a", folder_ / "b"});
  EXPECT_EQ(both.code, 0);
  EXPECT_THAT(both.out, HasSubstr("skipped " + (folder_ / "a") + ": error[E_UNSUP]"));
  EXPECT_THAT(both.out, EndsWith("\n1 passed, 0 failed, 3 skipped\n"));
  EXPECT_EQ(rondo({"verify", folder_ / "a"}).code, 4) << "nothing was verified";
}

TEST_F(Verify, EveryInstructionSetAndBackend) {
  for (const char* isa : {"auto", "scalar"}) EXPECT_EQ(rondo({"verify", folder_ / "a", "--isa", isa}).code, 0) << isa;
  for (const char* backend : {"auto", "native", "reference"})
    EXPECT_EQ(rondo({"verify", folder_ / "a", "--backend", backend}).code, 0) << backend;
}

}  // namespace
}  // namespace rondo::test
