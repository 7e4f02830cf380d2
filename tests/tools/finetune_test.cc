// rondo finetune and rondo eval as a user meets them, on the tagger that ships.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "process.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;

const std::string kModel = RONDO_SOURCE "/examples/tagger/model.onnx";
const std::string kData = RONDO_SOURCE "/examples/tagger/data.jsonl";

class Finetune : public testing::Test {
 protected:
  // rondo finetune on the tagger, with more arguments.
  Outcome finetune(std::vector<std::string> more, const Surroundings& around = {}) const {
    std::vector<std::string> all{"finetune", kModel, "--data", kData, "--loss", "cross-entropy"};
    all.insert(all.end(), more.begin(), more.end());
    return rondo(all, around);
  }
  std::string out(const std::string& name = "tuned.onnx") const { return folder_ / name; }
  double loss(const std::string& model) const {
    return rondo({"eval", model, "--data", kData, "--loss", "cross-entropy", "--json"}).document().at("loss");
  }
  TempFolder folder_;
};

std::size_t differing_bytes(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return std::string::npos;
  std::size_t n = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n += a[i] != b[i];
  return n;
}

TEST_F(Finetune, LearnsAndWritesAModelThatDoesBetter) {
  const Outcome o = finetune({"--epochs", "30", "--lr", "0.02", "--val-split", "0", "-o", out(), "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  const auto j = o.document();
  EXPECT_LT(j.at("loss_after").get<double>(), 0.5 * j.at("loss_before").get<double>());
  EXPECT_NEAR(loss(kModel), j.at("loss_before").get<double>(), 1e-6);
  EXPECT_NEAR(loss(out()), j.at("loss_after").get<double>(), 1e-6);
}

TEST_F(Finetune, OnlyTrainedBytesChange) {
  const Outcome o = finetune({"--trainable", "head", "--max-steps", "3", "--val-split", "0", "-o", out()});
  ASSERT_EQ(o.code, 0) << o.err;
  const std::size_t changed = differing_bytes(contents(kModel), contents(out()));
  EXPECT_GT(changed, 0u);
  EXPECT_LE(changed, 4u * (32 * 5 + 5));
}

TEST_F(Finetune, GradientsAreComparedWithDifferencesWhenAsked) {
  const Outcome o = finetune({"--check-grad", "--lr", "0", "-o", out()});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.err, HasSubstr("difference"));
  EXPECT_THAT(o.err, HasSubstr("lstm.0/R"));
  EXPECT_THAT(o.err, testing::Not(HasSubstr("differs")));
  EXPECT_TRUE(contents(kModel) == contents(out()));
}

TEST_F(Finetune, ALearningRateOfZeroWritesTheSameFile) {
  const Outcome o = finetune({"--lr", "0", "-o", out()});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_TRUE(contents(kModel) == contents(out()));
}

TEST_F(Finetune, SameSeedSameBytesOnAnyNumberOfThreads) {
  const auto learned_with = [&](const char* seed, const char* threads, const char* name) {
    return finetune({"--seed", seed, "--threads", threads, "--max-steps", "6", "--val-split", "0", "-o", out(name)})
        .code;
  };
  ASSERT_EQ(learned_with("5", "1", "a"), 0);
  ASSERT_EQ(learned_with("5", "2", "b"), 0);
  ASSERT_EQ(learned_with("6", "2", "c"), 0);
  EXPECT_TRUE(contents(out("a")) == contents(out("b")));
  EXPECT_FALSE(contents(out("a")) == contents(out("c")));
}

TEST_F(Finetune, AnInterruptedRunGoesOnToTheSameBytes) {
  const std::vector<std::string> how{"--epochs", "40", "--checkpoint-every", "3", "-o", out("resumed")};
  std::vector<std::string> run = how;
  run.insert(run.end(), {"--run-dir", folder_ / "run"});
  const Outcome cut = finetune(run, {.signal = SIGINT});
  ASSERT_EQ(cut.code, 130) << cut.err;
  EXPECT_FALSE(std::filesystem::exists(out("resumed")));
  EXPECT_EQ(finetune(run).code, 9);  // the directory holds a run
  run.push_back("--resume");
  const Outcome resumed = finetune(run);
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("going on after step"));
  ASSERT_EQ(finetune({"--epochs", "40", "-o", out("whole")}).code, 0);
  EXPECT_TRUE(contents(out("resumed")) == contents(out("whole")));

  std::ifstream metrics(folder_.path() / "run" / "metrics.jsonl");
  std::int64_t last = 0;
  for (std::string line; std::getline(metrics, line);) {
    const auto step = nlohmann::json::parse(line).at("step").get<std::int64_t>();
    EXPECT_LE(step - last, 1);
    EXPECT_GE(step, last);
    last = step;
  }
  EXPECT_GT(last, 100);
}

TEST_F(Finetune, AnotherSettingDoesNotResume) {
  const std::string run = folder_ / "run";
  ASSERT_EQ(finetune({"--max-steps", "2", "--run-dir", run, "--checkpoint-every", "1", "-o", out("a")}).code, 0);
  const Outcome o = finetune({"--max-steps", "2", "--lr", "0.5", "--run-dir", run, "--resume", "-o", out("b")});
  EXPECT_EQ(o.code, 9) << o.err;
}

TEST_F(Finetune, WhatMakesNoSenseIsRefusedBeforeAnythingIsLearned) {
  const auto refused = [&](std::vector<std::string> more, int code, const char* says) {
    const Outcome o = finetune(std::move(more));
    EXPECT_EQ(o.code, code) << o.err;
    EXPECT_THAT(o.err, HasSubstr(says));
    EXPECT_EQ(o.out, "");
  };
  refused({}, 2, "-o OUT.onnx");
  refused({"--lr", "-1", "-o", out()}, 2, "--lr");
  refused({"--lr", "nan", "-o", out()}, 2, "--lr");
  refused({"--epochs", "0", "-o", out()}, 2, "--epochs");
  refused({"--batch-size", "0", "-o", out()}, 2, "--batch-size");
  refused({"--tbptt", "-4", "-o", out()}, 2, "--tbptt");
  refused({"--optimizer", "best", "-o", out()}, 2, "adamw");
  refused({"--freeze", "all", "-o", out()}, 2, "train");
  refused({"--trainable", "nothing.*", "-o", out()}, 2, "nothing.*");
  refused({"--resume", "-o", out()}, 2, "--run-dir");
  refused({"-o", kModel}, 2, "--in-place");
  refused({"-o", folder_ / "no/such/folder/x.onnx"}, 7, "no/such/folder");
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(Finetune, BadDataIsNamedByItsPlace) {
  const auto with = [&](const std::string& text) {
    std::ofstream(folder_ / "d.jsonl") << text;
    return rondo({"finetune", kModel, "--data", folder_ / "d.jsonl", "--loss", "cross-entropy", "-o", out()});
  };
  const std::string row = "[1,2,3,4,5,6,7,8]";
  const Outcome features = with("{\"X\":[[1,2]],\"target\":[1]}\n");
  EXPECT_EQ(features.code, 5) << features.err;
  EXPECT_THAT(features.err, HasSubstr("d.jsonl"));
  const Outcome label = with("{\"X\":[" + row + "],\"target\":[1]}\n{\"X\":[" + row + "],\"target\":[5]}\n");
  EXPECT_EQ(label.code, 5) << label.err;
  EXPECT_THAT(label.err, HasSubstr("d.jsonl:2"));
  EXPECT_EQ(with("").code, 5);
  EXPECT_EQ(with("{\"X\":[" + row + "]}\n").code, 2);
}

TEST_F(Finetune, AFastRunWritesNothing) {
  const Outcome o = finetune({"--fast-dev-run"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace rondo::test
