// rondo run --stream gives what one whole run gives, cuts signals as asked, and says what is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "exporters/onnx/export.h"
#include "importers/npy/npy.h"
#include "ops/op_list.h"
#include "process.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// X [T,N,3] -> GRU of 4 -> Squeeze; `direction` as ONNX names it. With states: h_in and h_out.
void write_gru(const std::string& file, const std::string& direction, bool states) {
  Graph g;
  const auto constant = [&](const std::string& name, Tensor t) { return g.add_constant(name, shared(std::move(t))); };
  const ValueId x = g.add_input("X", type_of(DType::float32, {Dim("T"), Dim("N"), Dim(3)}));
  std::vector<ValueId> inputs{x, constant("W", random_tensor(DType::float32, {1, 12, 3}, 1)),
                              constant("R", random_tensor(DType::float32, {1, 12, 4}, 2))};
  if (states) {
    inputs.insert(inputs.end(), {kNone, kNone});
    inputs.push_back(g.add_input("h_in", type_of(DType::float32, {Dim(1), Dim("N"), Dim(4)})));
  }
  const NodeId gru = g.add_node(ops::gru(), "gru", {{"direction", direction}}, inputs, {"Y", "h_out"});
  g.outputs = {add(g, ops::squeeze(), {}, {g.node(gru).outputs[0], constant("axis", int64_tensor({1}))}, "y")};
  if (states) g.outputs.push_back(g.node(gru).outputs[1]);
  export_file(g, file, Overwrite::yes);
}

// frame [1,6] and tail [1,2] -> their sum of elements [1], and the last two samples as the next tail.
void write_filter(const std::string& file) {
  Graph g;
  const auto list = [&](const std::string& name, std::vector<std::int64_t> v) {
    return g.add_constant(name, shared(int64_tensor(std::move(v))));
  };
  const ValueId frame = g.add_input("frame", type_of(DType::float32, {Dim(1), Dim(6)}));
  const ValueId gain = g.add_input("gain", type_of(DType::float32, {}));
  const ValueId tail = g.add_input("tail_in", type_of(DType::float32, {Dim(1), Dim(2)}));
  const ValueId both = add(g, ops::concat(), {{"axis", std::int64_t{1}}}, {tail, frame}, "both");
  const ValueId sum = add(g, ops::reduce_sum(), {{"keepdims", std::int64_t{0}}}, {both, list("one", {1})}, "sum");
  const ValueId last =
      add(g, ops::slice(), {}, {frame, list("from", {4}), list("to", {6}), list("axis", {1})}, "tail_out");
  g.outputs = {add(g, ops::mul(), {}, {sum, gain}, "y"), last};
  export_file(g, file, Overwrite::yes);
}

void write(const std::string& file, const Tensor& t) { write_npy(file, t.view(), Overwrite::yes); }

TEST(RunStream, GivesWhatOneWholeRunGives) {
  const TempFolder folder;
  const Tensor x = random_tensor(DType::float32, {7, 2, 3}, 5);
  write(folder / "x.npy", x);
  for (const bool states : {false, true}) {
    const std::string model = folder / "gru.onnx";
    write_gru(model, "forward", states);
    Tensor zeros(DType::float32, {1, 2, 4});
    std::ranges::fill(zeros.values<float>(), 0.f);
    write(folder / "h.npy", zeros);
    std::vector<std::string> whole{
        "run", model, "--input", "X=" + (folder / "x.npy"), "--output", "y=" + (folder / "whole.npy"), "--force"};
    if (states) whole.insert(whole.end(), {"--input", "h_in=" + (folder / "h.npy")});
    ASSERT_EQ(rondo(whole).code, 0);
    for (const std::string frame : {"1", "3", "20"}) {
      const Outcome o = rondo({"run", model, "--stream", "--frame", frame, "--input", "X=" + (folder / "x.npy"),
                               "--output", "y=" + (folder / "y.npy"), "--force"});
      ASSERT_EQ(o.code, 0) << o.err;
      EXPECT_THAT(o.out, HasSubstr(states ? "h_out becomes h_in" : "h_out becomes gru.initial_h"));
      EXPECT_TRUE(identical(read_npy(folder / "y.npy").view(), read_npy(folder / "whole.npy").view())) << frame;
    }
  }
}

TEST(RunStream, JsonIsALineForEachStep) {
  const TempFolder folder;
  write_gru(folder / "gru.onnx", "forward", true);
  write(folder / "x.npy", random_tensor(DType::float32, {5, 1, 3}, 5));
  const Outcome o = rondo({"run", folder / "gru.onnx", "--stream", "--json", "--input", "X=" + (folder / "x.npy")});
  ASSERT_EQ(o.code, 0) << o.err;
  std::istringstream lines(o.out);
  std::string line;
  std::vector<nlohmann::json> documents;
  while (std::getline(lines, line)) documents.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(documents.size(), 6u);
  EXPECT_EQ(documents[3].at("step"), 3);
  EXPECT_EQ(documents[3].at("outputs").at("y").size(), 4u);
  EXPECT_EQ(documents[5].at("steps"), 5);
  EXPECT_EQ(documents[5].at("states").at(0).at("input"), "h_in");
}

// A WAV file of 16-bit samples.
void write_wav(const std::string& file, const std::vector<std::int16_t>& samples, std::uint32_t rate) {
  std::string bytes;
  const auto put = [&bytes](std::uint32_t v, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(v >> (8 * i) & 0xFFu);
  };
  const auto data_bytes = static_cast<std::uint32_t>(2 * samples.size());
  bytes += "RIFF", put(36 + data_bytes, 4), bytes += "WAVEfmt ", put(16, 4), put(1, 2), put(1, 2), put(rate, 4);
  put(2 * rate, 4), put(2, 2), put(16, 2), bytes += "data", put(data_bytes, 4);
  for (const std::int16_t s : samples) put(static_cast<std::uint16_t>(s), 2);
  std::ofstream(file, std::ios::binary) << bytes;
}

TEST(RunStream, CutsASignalIntoFramesWithContext) {
  const TempFolder folder;
  write_filter(folder / "filter.onnx");
  std::vector<std::int16_t> samples;
  for (int i = 1; i <= 9; ++i) samples.push_back(static_cast<std::int16_t>(i * 1024));
  write_wav(folder / "s.wav", samples, 9);
  const Outcome o = rondo({"run", folder / "filter.onnx", "--stream", "--frame", "4", "--context", "2", "--input",
                           "frame=" + (folder / "s.wav"), "--input", "gain=32", "--output", "y=" + (folder / "y.npy")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("3 steps"));
  EXPECT_THAT(o.out, HasSubstr("real-time factor"));
  // Frames 0 0 1 2 3 4 | 3 4 5 6 7 8 | 7 8 9 0 0 0, before each the last two samples of the one before.
  const Tensor y = read_npy(folder / "y.npy");
  EXPECT_EQ(y.shape(), (std::vector<std::int64_t>{3, 1}));
  EXPECT_EQ(std::vector<float>(y.values<float>().begin(), y.values<float>().end()),
            (std::vector<float>{10, 33 + 3 + 4, 24 + 7 + 8}));
}

TEST(RunStream, SaysWhatIsMissingOrWrong) {
  const TempFolder folder;
  write_gru(folder / "gru.onnx", "forward", false);
  write_gru(folder / "both.onnx", "reverse", false);
  write_filter(folder / "filter.onnx");
  write(folder / "x.npy", random_tensor(DType::float32, {5, 1, 3}, 5));
  write(folder / "flat.npy", random_tensor(DType::float32, {5}, 5));
  std::ofstream(folder / "noise.wav") << "no sound";
  const auto fails = [&](std::vector<std::string> more, int code, const std::string& says) {
    more.insert(more.begin(), {"run"});
    more.emplace_back("--stream");
    const Outcome o = rondo(more);
    EXPECT_EQ(o.code, code) << o.out;
    EXPECT_THAT(o.err, HasSubstr(says));
  };
  const std::string x = "X=" + (folder / "x.npy");
  fails({folder / "gru.onnx"}, 2, "--input X=FILE.npy");
  fails({folder / "gru.onnx", "--input", "X=" + (folder / "flat.npy")}, 5, "cannot be cut into steps");
  fails({folder / "both.onnx", "--input", x}, 4, "reads the sequence backwards");
  fails({folder / "gru.onnx", "--input", x, "--state", "X=y"}, 2, "cannot become");
  fails({folder / "gru.onnx", "--input", x, "--frame", "0"}, 2, "--frame");
  fails({folder / "filter.onnx", "--input", "gain=1", "--input", "frame=" + (folder / "noise.wav")}, 5, "as sound");
  fails({folder / "filter.onnx", "--input", "gain=loud"}, 2, "does not say what it is");
}

TEST(RunStream, NumbersOutOfRangeAreNamedInAFewWords) {
  const TempFolder folder;
  write_gru(folder / "gru.onnx", "forward", true);
  const auto refused = [&](const std::string& option, const std::string& value) {
    const Outcome o = rondo({"run", folder / "gru.onnx", "--stream", option, value});
    EXPECT_EQ(o.code, 2) << option << value;
    return o.err;
  };
  EXPECT_THAT(refused("--frame", "0"), HasSubstr("--frame: 0 is no number above 0"));
  EXPECT_THAT(refused("--context", "-1"), HasSubstr("--context: -1 is no number of 0 or more"));
  EXPECT_THAT(refused("--max-loop-iterations", "0"), HasSubstr("0 is no number above 0"));
}

// A file that is asked for is written, or the run says why not.
TEST(RunStream, NoStepsWriteNoFileAndSaySo) {
  const TempFolder folder;
  write_gru(folder / "gru.onnx", "forward", true);
  write(folder / "x.npy", random_tensor(DType::float32, {0, 1, 3}, 5));
  const std::vector<std::string> stream{"run", folder / "gru.onnx", "--stream", "--input", "X=" + (folder / "x.npy")};
  EXPECT_EQ(rondo(stream).code, 0);
  std::vector<std::string> with_output = stream;
  with_output.insert(with_output.end(), {"--output", "y=" + (folder / "y.npy")});
  const Outcome o = rondo(with_output);
  EXPECT_EQ(o.code, 5);
  EXPECT_THAT(o.err, AllOf(HasSubstr("no steps"), HasSubstr("without --stream")));
  EXPECT_FALSE(std::filesystem::exists(folder / "y.npy"));
}

TEST(RunStream, OptionsOfAStreamAreRefusedWithoutOne) {
  const TempFolder folder;
  write_gru(folder / "gru.onnx", "forward", false);
  const std::vector<std::pair<std::string, std::string>> options{
      {"--frame", "2"}, {"--context", "1"}, {"--state", "a=b"}};
  for (const auto& [option, value] : options) {
    const Outcome o = rondo({"run", folder / "gru.onnx", option, value});
    EXPECT_EQ(o.code, 2) << o.out;
    EXPECT_THAT(o.err, AllOf(HasSubstr(option), HasSubstr("--stream")));
  }
}

}  // namespace
}  // namespace rondo::test
