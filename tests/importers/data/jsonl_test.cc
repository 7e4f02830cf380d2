#include "importers/data/jsonl.h"

#include "sample_data.h"

namespace rondo::test {
namespace {

using List = std::vector<std::int64_t>;

Dataset read(const std::string& text) {
  const Folder folder;
  return read_jsonl(folder.write("data.jsonl", text));
}

TEST(Jsonl, SamplesOfAnyLength) {
  const Dataset set = read(
      "{\"x\": [[1, 2], [3, 4], [5, 6]], \"y\": 1, \"tags\": [0, 1, true]}\n\r\n"
      "{\"tags\": [2], \"y\": 0.5, \"x\": [[-7e1, 8]]}\n"
      "{\"tags\": [], \"y\": 0, \"x\": []}");
  EXPECT_EQ(set.size(), 3);
  const Field &x = *set.find("x"), &y = *set.find("y"), &tags = *set.find("tags");
  EXPECT_EQ(x.row_shape, (List{2}));
  EXPECT_EQ(x.lengths, (List{3, 1, 0}));
  EXPECT_EQ(x.begins, (List{0, 3, 4}));
  EXPECT_EQ(x.data.values<double>()[6], -70);
  EXPECT_EQ(x.lines, (List{1, 1, 1, 3}));
  EXPECT_TRUE(y.one_row);
  EXPECT_EQ(y.data.values<double>()[1], 0.5);
  EXPECT_EQ(tags.lengths, (List{3, 1, 0}));
  EXPECT_TRUE(tags.row_shape.empty());
  EXPECT_EQ(tags.data.values<double>()[2], 1);
}

TEST(Jsonl, RefusesWhatDoesNotFitTheOtherLines) {
  const std::string line = "{\"x\": [[1, 2]], \"y\": 1}\n";
  struct Bad {
    const char *text, *says;
  };
  for (const Bad& bad :
       std::vector<Bad>{{"{\"x\": [[1, 2]]}", "data.jsonl:2: the key 'y' is missing"},
                        {"{\"x\": [[1, 2]], \"y\": 1, \"z\": 2}", "data.jsonl:2: the key 'z' is not in the first line"},
                        {"{\"x\": [[1, 2]], \"y\": 1, \"y\": 2}", "data.jsonl:2: the key 'y' stands twice"},
                        {"{\"x\": [[1, 2, 3]], \"y\": 1}", "data.jsonl:2: 'x' is [1,3], where others are [?,2]"},
                        {"{\"x\": [1, 2], \"y\": 1}", "'x' is [2], where others are [?,2]"},
                        {"{\"x\": 1, \"y\": 1}", "'x' is a single number"},
                        {"{\"x\": [[1, 2]], \"y\": [1]}", "'y' is a list"},
                        {"{\"x\": [[1, 2], [3]], \"y\": 1}", "lists of different lengths"},
                        {"{\"x\": [[1, 2], 3], \"y\": 1}", "a number among lists"},
                        {"{\"x\": [1, [2]], \"y\": 1}", "a list among numbers"},
                        {"{\"x\": [[1, \"2\"]], \"y\": 1}", "got string"},
                        {"{\"x\": [[1, null]], \"y\": 1}", "got null"},
                        {"{\"x\": [[1, NaN]], \"y\": 1}", "data.jsonl:2:12: this is not JSON"},
                        {"{\"x\": [[1, 1e999]], \"y\": 1}", "data.jsonl:2: a number is beyond"},
                        {"[1]", "data.jsonl:2: this is no object"},
                        {"{\"x\": [[1, 2]], \"y\": 1} {}", "this is not JSON"},
                        {"{\"x\": [[[[[[[[[[1]]]]]]]]]], \"y\": 1}", "too many lists"}}) {
    const std::string says = failure_of([&] { read(line + bad.text); });
    EXPECT_NE(says.find(bad.says), std::string::npos) << says << "\nfor: " << bad.text;
  }
}

TEST(Jsonl, RefusesFilesWithoutSamples) {
  failure_of([] { read(""); });
  failure_of([] { read("\n\n"); });
  failure_of([] { read("{}"); });
  failure_of([] { read("{\"x\": 1}" + std::string("\0", 1)); });
}

TEST(Jsonl, DeepNestingIsRefusedAndDoesNotOverflow) {
  failure_of([] { read("{\"x\": " + std::string(1000000, '[') + std::string(1000000, ']') + "}"); });
  failure_of([] { read("{\"x\": " + std::string(1000000, '[')); });
}

}  // namespace
}  // namespace rondo::test
