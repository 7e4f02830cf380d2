#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "process.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// The command lines after "Examples:", without the word rondo.
std::vector<std::vector<std::string>> examples_of(const std::string& help) {
  std::vector<std::vector<std::string>> examples;
  bool inside = false;
  for (const std::string& line : lines_of(help)) {
    if (inside && !words_of(line).empty()) {
      examples.push_back(words_of(line));
      EXPECT_EQ(examples.back()[0], "rondo") << line;
      examples.back().erase(examples.back().begin());
    }
    inside = inside || line == "Examples:";
  }
  return examples;
}

class Help : public testing::TestWithParam<const char*> {};

TEST_P(Help, EndsWithTwoExamplesThatRun) {
  const std::string verb = GetParam();
  const Outcome o = verb.empty() ? rondo({"--help"}) : rondo({verb, "--help"});
  EXPECT_EQ(o.code, 0);
  EXPECT_EQ(o.err, "");
  for (const std::string& line : lines_of(o.out)) EXPECT_LE(line.size(), 120u) << line;
  const auto examples = examples_of(o.out);
  ASSERT_EQ(examples.size(), 2u) << o.out;
  const TempFolder folder;  // some write files
  std::filesystem::create_directory_symlink(RONDO_SOURCE "/examples", folder.path() / "examples");
  for (const auto& example : examples) {
    const Outcome run = rondo(example, {.folder = folder.path()});
    EXPECT_EQ(run.code, 0) << testing::PrintToString(example) << run.err;
  }
}

INSTANTIATE_TEST_SUITE_P(Verbs, Help,
                         testing::Values("", "inspect", "run", "verify", "finetune", "eval", "bench", "doctor"));

TEST(Version, IsOneLine) {
  const Outcome o = rondo({"--version"});
  EXPECT_EQ(o.code, 0);
  EXPECT_THAT(o.out, testing::MatchesRegex("rondo [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Doctor, SaysWhatThereIs) {
  const Outcome text = rondo({"doctor"});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr("instruction set"));
  const Outcome o = rondo({"doctor", "--json"}, {.environment = {"RONDO_MAX_ISA=scalar"}});
  EXPECT_EQ(o.document().at("cpu").at("allowed_isa"), "scalar");
  for (const char* key : {"version", "build", "onednn", "protobuf", "reference_runtimes"})
    EXPECT_TRUE(o.document().contains(key)) << key;
}

TEST(Doctor, ALibraryThatIsNoRuntimeDoesNoHarm) {
  const TempFolder folder;
  const std::string path = folder / "libonnxruntime.so.1";
  std::filesystem::copy_file(RONDO_SOURCE "/LICENSE", path);
  const Outcome o = rondo({"doctor", "--json"}, {.environment = {"RONDO_ORT=" + path}});
  EXPECT_EQ(o.code, 0);
  EXPECT_EQ(o.document().at("reference_runtimes").at(0).at("version"), "does not load");
}

}  // namespace
}  // namespace rondo::test
