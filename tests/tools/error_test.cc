// One line on stderr, nothing on stdout, the exit code of the class; with --json the same as a document on stdout.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>

#include "process.h"
#include "sample_models.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

void expect_error(const Outcome& o, int code, const std::string& name, const std::string& part) {
  EXPECT_EQ(o.code, code) << o.err;
  EXPECT_EQ(o.out, "");
  EXPECT_THAT(o.err, StartsWith("error[" + name + "]"));
  EXPECT_THAT(o.err, HasSubstr(part));
  EXPECT_THAT(o.err, HasSubstr(". Fix: "));
  EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
  EXPECT_EQ(o.err.find('\033'), std::string::npos) << "colour although stderr is no terminal";
}

class Errors : public testing::Test {
 protected:
  void SetUp() override {
    write_lstm_folder(folder_.path() / "lstm");
    model_ = folder_ / "lstm/model.onnx";
  }
  TempFolder folder_;
  std::string model_;
};

TEST_F(Errors, Usage) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"frobnicate"},
           {"run"},
           {"verify"},
           {"inspect"},
           {"run", model_, "--no-such-flag"},
           {"run", model_, "--threads", "many"},
           {"run", model_, "--isa", "mmx"},
           {"run", model_, "--backend", "cuda"},
           {"run", model_, "-q", "-v"},
           {"run", model_, "--dim", "nonsense"},
           {"run", model_, "--dim", "nosuchdim=3"},
           {"run", model_, "--shape", "X:3xx2"},
           {"run", model_, "--shape", "nosuch:3"},
           {"run", model_, "--output", "nosuch=" + (folder_ / "o.npy")},
           {"run", model_, "--output", "Y=" + (folder_ / "o.txt")},
           {"verify", folder_ / "lstm", "--atol", "-1"},
       })
    expect_error(rondo(arguments), 2, "E_USAGE", "");
  expect_error(rondo({"run", model_, "--no-such-flag"}), 2, "E_USAGE", "rondo run --help");
  expect_error(rondo({"frobnicate"}), 2, "E_USAGE", "'frobnicate' is no verb of rondo (expected inspect, run,");
  expect_error(rondo({"run", model_}, {.environment = {"RONDO_MAX_ISA=mmx"}}), 2, "E_USAGE", "RONDO_MAX_ISA");
}

TEST_F(Errors, ModelsThatAreNone) {
  write(folder_ / "empty.onnx", "");
  write(folder_ / "image.onnx", "\x89PNG\r\n\x1a\n and so on");
  expect_error(rondo({"inspect", folder_ / "empty.onnx"}), 3, "E_MODEL", "empty (0 bytes)");
  expect_error(rondo({"run", folder_ / "image.onnx"}), 3, "E_MODEL", "PNG");
  write(folder_ / "cut.onnx", contents(model_).substr(0, contents(model_).size() / 2));
  expect_error(rondo({"run", folder_ / "cut.onnx"}), 3, "E_MODEL", "cut.onnx");
}

TEST_F(Errors, UnsupportedListsEveryNode) {
  write_unsupported(folder_ / "u.onnx");
  const Outcome o = rondo({"run", folder_ / "u.onnx"});
  expect_error(o, 4, "E_UNSUP", "NoSuchOp");
  EXPECT_THAT(o.err, HasSubstr("NorThisOp"));
}

TEST_F(Errors, BadInputs) {
  write(folder_ / "x.npy", "not an array");
  write(folder_ / "x.txt", "1 2 3");
  expect_error(rondo({"run", model_, "--input", "X=" + (folder_ / "x.npy")}), 5, "E_DATA", "x.npy");
  expect_error(rondo({"run", model_, "--input", "Z=" + (folder_ / "x.npy")}), 5, "E_DATA", "X: float32");
  expect_error(rondo({"run", model_, "--shape", "X:5x2x4"}), 5, "E_DATA", "'X'");
  expect_error(rondo({"run", model_, "--shape", "X:5x2"}), 5, "E_DATA", "rank");
  expect_error(rondo({"run", model_, "--input", "X=" + (folder_ / "x.txt")}), 2, "E_USAGE", ".npy");
  std::filesystem::create_directories(folder_.path() / "bare");
  std::filesystem::copy(model_, folder_ / "bare/model.onnx");
  expect_error(rondo({"verify", folder_ / "bare"}), 5, "E_DATA", "nothing to verify");
}

TEST_F(Errors, TooMuch) {
  expect_error(rondo({"run", model_, "--dim", "time=4611686018427387904,batch=4611686018427387904"}), 6, "E_LIMIT", "");
}

TEST_F(Errors, Files) {
  expect_error(rondo({"run", folder_ / "absent.onnx"}), 7, "E_IO", "absent.onnx");
  expect_error(rondo({"inspect", folder_.path()}), 7, "E_IO", "");
  expect_error(rondo({"verify", folder_ / "absent"}), 7, "E_IO", "absent");
  std::filesystem::create_directories(folder_.path() / "void");
  expect_error(rondo({"verify", folder_ / "void"}), 7, "E_IO", "model.onnx");
  expect_error(rondo({"run", model_, "--input", "X=" + (folder_ / "absent.npy")}), 7, "E_IO", "absent.npy");
  expect_error(rondo({"run", model_, "--output", "Y=" + (folder_ / "no/o.npy")}), 7, "E_IO", "folder");
  expect_error(rondo({"run", model_}, {.out = "/dev/full"}), 7, "E_IO", "standard output");
  expect_error(rondo({"run", model_}, {.out = "-"}), 7, "E_IO", "standard output");
}

TEST_F(Errors, AsDocuments) {
  write_unsupported(folder_ / "u.onnx");
  const Outcome o = rondo({"run", "--json", folder_ / "u.onnx"});
  EXPECT_EQ(o.code, 4);
  const nlohmann::json e = o.document().at("error");
  EXPECT_EQ(e.at("code"), "E_UNSUP");
  EXPECT_EQ(e.at("exit"), 4);
  EXPECT_EQ(e.at("file"), folder_ / "u.onnx");
  EXPECT_EQ(e.at("text").get<std::string>() + "\n", o.err);
  EXPECT_EQ(rondo({"run", "--json"}).document().at("error").at("code"), "E_USAGE");
  EXPECT_EQ(rondo({"nonsense", "--json"}).document().at("error").at("exit"), 2);
}

TEST_F(Errors, NamesAreEscaped) {
  const Outcome o = rondo({"run", folder_ / "a\033[31m\nb.onnx"});
  expect_error(o, 7, "E_IO", "a\\x1b[31m\\x0ab.onnx");
}

TEST_F(Errors, InterruptsEndWith130) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::fstream held(pipe, std::ios::in | std::ios::out);  // so that opening it does not wait for a writer
  for (const int signal : {SIGINT, SIGTERM}) {
    const Outcome o = rondo({"run", "-", "-v"}, {.in = pipe, .signal = signal});
    EXPECT_EQ(o.code, 130);
    EXPECT_THAT(o.err, HasSubstr("interrupted"));
  }
}

TEST_F(Errors, LoopsThatNeverEndAreInterruptedAndLimited) {
  const std::string endless = folder_ / "endless.onnx";
  write_endless_loop(endless);
  const Outcome o = rondo({"run", endless, "-v", "--max-loop-iterations", "9223372036854775807"},
                          {.signal = SIGINT, .patience = 0.3});
  EXPECT_EQ(o.code, 130) << o.err;
  EXPECT_LT(o.seconds_after, 3) << "0.1 where nothing else runs";
  EXPECT_EQ(o.out, "");
  expect_error(rondo({"run", endless, "--max-loop-iterations", "1000"}), 6, "E_LIMIT", "'loop' (Loop #0");
  expect_error(rondo({"run", endless, "--max-seconds", "0.05"}), 6, "E_LIMIT", "takes too long");
}

TEST_F(Errors, AFileOfEmptyMessagesIsRefusedInItsOwnSize) {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  for (const char tag : {'\x0A', '\x2A', '\x5A'}) {  // nodes, initializers, inputs
    {
      std::ofstream file(folder_ / "bomb.onnx", std::ios::binary);
      file.write("\x08\x08\x3A\x80\x80\x80\x20", 7);  // ir_version 8, and a graph of 64 MiB
      std::string block(1 << 16, '\0');
      for (std::size_t i = 0; i < block.size(); i += 2) block[i] = tag;
      for (std::size_t n = 0; n < kBytes; n += block.size()) file.write(block.data(), 1 << 16);
    }
    const Outcome o = rondo({"inspect", folder_ / "bomb.onnx"});
    expect_error(o, 6, "E_LIMIT", "bomb.onnx@");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which keep memory of their own
    EXPECT_LT(o.peak_bytes, static_cast<std::int64_t>(kBytes) + (16 << 20));
#endif
  }
}

TEST_F(Errors, WeightsThatAreNoNumbersAreRefusedWhenAsked) {
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(contents(model_)));
  auto* weights = model.mutable_graph()->mutable_initializer(0);
  const float infinite = std::numeric_limits<float>::infinity();
  std::memcpy(weights->mutable_raw_data()->data(), &infinite, sizeof infinite);
  write(folder_ / "odd.onnx", model.SerializeAsString());
  const Outcome o = rondo({"run", folder_ / "odd.onnx"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.err, HasSubstr("1 NaN or infinite values"));
  expect_error(rondo({"run", folder_ / "odd.onnx", "--strict"}), 8, "E_NUM", "'" + weights->name() + "'");
}

}  // namespace
}  // namespace rondo::test
