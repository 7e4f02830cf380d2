// The models under examples/: that the program still writes these very files, that they answer as recorded, and that
// the pages beside them show what the command prints.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>

#include "importers/onnx/tensor_file.h"
#include "rondo/session.h"
#include "support/graphs.h"

namespace rondo {
namespace {

namespace fs = std::filesystem;

constexpr double kTolerance = 1e-5;
const fs::path kExamples = fs::path(RONDO_SOURCE) / "examples";
const char* const kModels[] = {"tagger", "forecaster"};

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What a shell prints for a command run in the source folder; nullopt when it fails.
std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = ::popen(("cd '" RONDO_SOURCE "' && " + command).c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  return ::pclose(pipe) == 0 ? std::optional(text) : std::nullopt;
}

struct TempFolder {
  fs::path path;
  TempFolder() {
    std::string pattern = (fs::temp_directory_path() / "rondo-examples-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = pattern;
  }
  ~TempFolder() { fs::remove_all(path); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
};

// Bytes by path within the folder, of the models and their data sets.
std::map<std::string, std::string> written_files(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const char* model : kModels)
    for (const auto& entry : fs::recursive_directory_iterator(folder / model))
      if (entry.is_regular_file() && entry.path().extension() != ".md")
        files[fs::relative(entry.path(), folder).string()] = contents(entry.path());
  return files;
}

TEST(Examples, TheProgramWritesTheseFiles) {
  const TempFolder folder;
  ASSERT_TRUE(output_of("'" RONDO_MAKE_EXAMPLES "' '" + folder.path.string() + "'"));
  const auto made = written_files(folder.path), kept = written_files(kExamples);
  ASSERT_EQ(made.size(), 14u);
  for (const auto& [name, bytes] : made) {
    ASSERT_TRUE(kept.contains(name)) << name;
    EXPECT_TRUE(kept.at(name) == bytes) << name << " differs; rondo-make-examples examples writes it again";
    EXPECT_LT(bytes.size(), 200'000u) << name;
  }
  EXPECT_EQ(kept.size(), made.size());
}

TEST(Examples, TheProgramSaysHowItIsCalled) {
  EXPECT_FALSE(output_of("'" RONDO_MAKE_EXAMPLES "' 2>&1"));
  EXPECT_FALSE(output_of("'" RONDO_MAKE_EXAMPLES "' /dev/null/nowhere 2>&1"));
}

// input_0.pb, input_1.pb, ...
std::vector<Tensor> tensors(const fs::path& data_set, const std::string& kind) {
  std::vector<Tensor> found;
  for (;;) {
    const fs::path file = data_set / (kind + "_" + std::to_string(found.size()) + ".pb");
    if (!fs::exists(file)) return found;
    found.push_back(read_tensor_file(file).tensor);
  }
}

void expect_recorded_answers(const std::string& model, const SessionOptions& options) {
  const Session session = Session::load(kExamples / model / "model.onnx", options);
  RunContext context(session);
  for (int k = 0; fs::exists(kExamples / model / ("test_data_set_" + std::to_string(k))); ++k) {
    const fs::path data_set = kExamples / model / ("test_data_set_" + std::to_string(k));
    const std::vector<Tensor> inputs = tensors(data_set, "input"), expected = tensors(data_set, "output");
    std::vector<TensorView> views;
    for (const Tensor& t : inputs) views.push_back(t.view());
    const auto got = context.run(views);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_LE(test::largest_difference(got[i], expected[i].view()), kTolerance) << data_set << " output " << i;
  }
}

class Example : public testing::TestWithParam<const char*> {};

TEST_P(Example, AnswersAsRecordedOnEveryBackend) {
  for (const char* backend : {"auto", "native", "reference"}) expect_recorded_answers(GetParam(), {.backend = backend});
  expect_recorded_answers(GetParam(), {.threads = 1, .isa = "scalar"});
}

std::optional<double> number(const std::string& word) {
  char* end = nullptr;
  const double value = std::strtod(word.c_str(), &end);
  return end == word.c_str() + word.size() ? std::optional(value) : std::nullopt;
}

void expect_same_words(const std::string& shown, const std::string& printed) {
  std::istringstream a(shown), b(printed);
  std::string want, got;
  while (a >> want) {
    ASSERT_TRUE(b >> got) << "not printed: " << want;
    const auto x = number(want), y = number(got);
    if (x && y)
      EXPECT_NEAR(*x, *y, kTolerance) << printed;
    else
      EXPECT_EQ(want, got) << printed;
  }
  EXPECT_FALSE(b >> got) << "not shown: " << got;
}

// A block of a page that starts with "$ rondo ...", and what it shows below that line.
TEST_P(Example, PageShowsWhatTheCommandPrints) {
  const std::string page = contents(kExamples / GetParam() / "README.md"), prompt = "```\n$ rondo ";
  int blocks = 0;
  for (std::size_t at = page.find(prompt); at != std::string::npos; at = page.find(prompt, at + 1), ++blocks) {
    const std::size_t start = at + prompt.size(), line_end = page.find('\n', start), end = page.find("```", line_end);
    const auto printed = output_of("'" RONDO_COMMAND "' " + page.substr(start, line_end - start));
    ASSERT_TRUE(printed);
    expect_same_words(page.substr(line_end, end - line_end), *printed);
  }
  EXPECT_GT(blocks, 0);
}

INSTANTIATE_TEST_SUITE_P(All, Example, testing::ValuesIn(kModels));

}  // namespace
}  // namespace rondo
