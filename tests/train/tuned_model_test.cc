// Tuned models on disk: what is written, what is refused, and that nothing is lost when writing fails.
#include "train/tuned_model.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rondo/error.h"
#include "support/wire.h"

namespace rondo::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using train::TunedFiles;
using train::TunedOptions;
using train::write_tuned;

constexpr std::int64_t kCount = 1000;

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}
std::vector<float> filled(float v) { return std::vector<float>(kCount, v); }

std::string inside(float value) {
  return wire_model(wire_field(5, wire_tensor("w", {kCount}, 1, wire_field(9, bytes_of(filled(value))))) +
                    wire_value(12, "w"));
}
std::string entry(const std::string& key, const std::string& value) {
  return wire_field(13, wire_field(1, key) + wire_field(2, value));
}
// w lies in a file behind another tensor, v in a file of its own.
std::string outside(const std::string& w_location, const std::string& v_location = "v.bin") {
  const auto tensor = [](const std::string& name, const std::string& location, int offset) {
    return wire_field(
        5, wire_tensor(name, {kCount}, 1,
                       entry("location", location) + entry("offset", std::to_string(offset)) + wire_field(14, 1)));
  };
  return wire_model(tensor("u", w_location, 0) + tensor("w", w_location, 4 * kCount) + tensor("v", v_location, 0) +
                    wire_value(12, "w") + wire_value(12, "u") + wire_value(12, "v"));
}

class TunedModel : public testing::Test {
 protected:
  TunedModel() {
    std::string pattern = (fs::temp_directory_path() / "rondo-tuned-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder_ / "in");
    fs::create_directory(folder_ / "out");
    put("in/inside.onnx", inside(1));
    put("in/outside.onnx", outside("w.bin"));
    put("in/w.bin", bytes_of(filled(1)) + bytes_of(filled(2)));
    put("in/v.bin", bytes_of(filled(3)));
  }
  ~TunedModel() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }
  std::string get(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_ / name)) names.push_back(file.path().filename());
    return names;
  }
  TunedFiles write(const std::string& input, const std::string& output, float value, const TunedOptions& options = {}) {
    const ImportedModel model = import_file(path(input));
    const std::vector<float> values = filled(value);
    const std::vector<std::int64_t> shape{kCount};
    const std::string place = input == "in/inside.onnx" ? "graph/initializer[0]" : "graph/initializer[1]";
    const TensorPatch patch{place, {DType::float32, shape, values.data()}};
    return write_tuned(model, path(input), output.empty() ? "" : path(output), {&patch, 1}, options);
  }
  Error failure(const std::string& input, const std::string& output, const TunedOptions& options = {}) {
    try {
      write(input, output, 9, options);
    } catch (const Error& e) {
      return e;
    }
    ADD_FAILURE() << "written";
    return Error(ErrorCode::model, "");
  }
  fs::path folder_;
};

TEST_F(TunedModel, OnlyThePayloadDiffers) {
  const TunedFiles files = write("in/inside.onnx", "out/m.onnx", 9);
  EXPECT_EQ(files.model, path("out/m.onnx"));
  EXPECT_EQ(get("out/m.onnx"), inside(9));
  EXPECT_EQ(get("in/inside.onnx"), inside(1));
  EXPECT_THAT(list("out"), UnorderedElementsAre("m.onnx"));
  write("in/inside.onnx", "out/same.onnx", 1);
  EXPECT_EQ(get("out/same.onnx"), inside(1));
}

TEST_F(TunedModel, TheInputIsNoOutput) {
  fs::create_symlink(path("in/inside.onnx"), path("out/link.onnx"));
  fs::create_hard_link(path("in/inside.onnx"), path("out/twin.onnx"));
  TunedOptions force;
  force.overwrite = Overwrite::yes;
  for (const char* output : {"in/inside.onnx", "out/link.onnx", "out/twin.onnx", "out/../in/./inside.onnx"}) {
    const Error e = failure("in/inside.onnx", output, force);
    EXPECT_EQ(e.code(), ErrorCode::usage) << output;
    EXPECT_THAT(e.what(), HasSubstr("--in-place")) << output;
  }
  EXPECT_THAT(failure("in/outside.onnx", "in/w.bin", force).what(), HasSubstr("data"));
  EXPECT_EQ(get("in/inside.onnx"), inside(1));
  EXPECT_EQ(get("in/w.bin").size(), 8u * kCount);
}

TEST_F(TunedModel, RefusesBeforeAnythingIsComputed) {
  const ImportedModel model = import_file(path("in/inside.onnx"));
  const auto code = [&](const std::string& output) {
    try {
      train::check_tuned_output(model, path("in/inside.onnx"), output);
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode::model;
  };
  put("out/there.onnx", "old");
  EXPECT_EQ(code(path("out/new.onnx")), ErrorCode::model);  // nothing stands against it
  EXPECT_EQ(code(path("out/there.onnx")), ErrorCode::usage);
  EXPECT_EQ(code(path("no/new.onnx")), ErrorCode::io);
  EXPECT_EQ(code(path("out")), ErrorCode::io);
  EXPECT_EQ(code(""), ErrorCode::io);
}

TEST_F(TunedModel, InPlaceKeepsTheOriginal) {
  TunedOptions options;
  options.in_place = true;
  fs::create_symlink(path("in/inside.onnx"), path("out/link.onnx"));
  EXPECT_EQ(write("in/inside.onnx", "", 9, options).backup, path("in/inside.onnx.bak"));
  EXPECT_EQ(get("in/inside.onnx"), inside(9));
  EXPECT_EQ(get("in/inside.onnx.bak"), inside(1));
  EXPECT_EQ(write("in/inside.onnx", "", 8, options).backup, path("in/inside.onnx.bak.1"));
  EXPECT_EQ(get("in/inside.onnx.bak"), inside(1));
  EXPECT_EQ(get("in/inside.onnx.bak.1"), inside(9));
  EXPECT_TRUE(fs::is_symlink(path("out/link.onnx")));
  EXPECT_EQ(get("out/link.onnx"), inside(8));
}

TEST_F(TunedModel, AModelThatChangedMeanwhileIsNotReplaced) {
  TunedOptions options;
  options.in_place = true;
  options.check = [&](const ImportedModel&) { put("in/inside.onnx", "somebody else's"); };
  EXPECT_EQ(failure("in/inside.onnx", "", options).code(), ErrorCode::state);
  EXPECT_EQ(get("in/inside.onnx"), "somebody else's");
}

TEST_F(TunedModel, TheCheckSeesTheNewWeightsAndCanRefuse) {
  TunedOptions options;
  options.check = [](const ImportedModel& written) {
    EXPECT_EQ(written.graph.value(written.graph.outputs[0]).constant->values<float>()[0], 9);
    throw Error(ErrorCode::numeric, "the batch gives NaN");
  };
  EXPECT_EQ(failure("in/inside.onnx", "out/m.onnx", options).code(), ErrorCode::numeric);
  EXPECT_EQ(failure("in/outside.onnx", "out/m.onnx", options).code(), ErrorCode::numeric);
  EXPECT_TRUE(list("out").empty());
}

TEST_F(TunedModel, ExternalDataInAnotherFolderKeepsItsNames) {
  const TunedFiles files = write("in/outside.onnx", "out/m.onnx", 9);
  EXPECT_EQ(get("out/m.onnx"), outside("w.bin"));
  EXPECT_EQ(get("out/w.bin"), bytes_of(filled(1)) + bytes_of(filled(9)));
  EXPECT_EQ(get("out/v.bin"), bytes_of(filled(3)));
  EXPECT_THAT(files.data, UnorderedElementsAre(path("out/w.bin"), path("out/v.bin")));
  EXPECT_EQ(get("in/w.bin"), bytes_of(filled(1)) + bytes_of(filled(2)));
  TunedOptions force;
  force.overwrite = Overwrite::yes;
  write("in/outside.onnx", "out/m.onnx", 8, force);  // the files of the first one are taken
  EXPECT_EQ(get("out/m.onnx"), outside("m.w.bin", "m.v.bin"));
  EXPECT_EQ(get("out/w.bin"), bytes_of(filled(1)) + bytes_of(filled(9)));
  EXPECT_EQ(get("out/m.w.bin"), bytes_of(filled(1)) + bytes_of(filled(8)));
}

TEST_F(TunedModel, ExternalDataInTheSameFolderGetsANewName) {
  write("in/outside.onnx", "in/tuned.onnx", 9);
  EXPECT_EQ(get("in/tuned.onnx"), outside("tuned.w.bin"));
  EXPECT_EQ(get("in/tuned.w.bin"), bytes_of(filled(1)) + bytes_of(filled(9)));
  EXPECT_EQ(get("in/w.bin"), bytes_of(filled(1)) + bytes_of(filled(2)));
  write("in/outside.onnx", "in/same.onnx", 2);  // nothing changes, so nothing is copied
  EXPECT_EQ(get("in/same.onnx"), outside("w.bin"));
  EXPECT_FALSE(fs::exists(path("in/same.w.bin")));
  TunedOptions options;
  options.in_place = true;
  write("in/outside.onnx", "", 7, options);
  EXPECT_EQ(get("in/outside.onnx"), outside("outside.w.bin"));
  EXPECT_EQ(get("in/outside.onnx.bak"), outside("w.bin"));
  EXPECT_EQ(import_file(path("in/outside.onnx.bak")).places.size(), 3u);
}

TEST_F(TunedModel, AFullDiskLeavesWhatWasThere) {
  put("out/m.onnx", "old");
  TunedOptions force;
  force.overwrite = Overwrite::yes;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  std::vector<ErrorCode> codes;
  for (const rlim_t size : {0, 100, 4000, 5000}) {
    const rlimit small{size, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    for (const char* input : {"in/inside.onnx", "in/outside.onnx"}) {
      if (size > 4000 && input == std::string("in/inside.onnx")) continue;  // there is room for this one
      codes.push_back(failure(input, "out/m.onnx", force).code());
    }
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(codes, std::vector<ErrorCode>(7, ErrorCode::io));
  EXPECT_EQ(get("out/m.onnx"), "old");
  EXPECT_THAT(list("out"), UnorderedElementsAre("m.onnx"));
}

}  // namespace
}  // namespace rondo::test
