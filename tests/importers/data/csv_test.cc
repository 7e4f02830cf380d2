#include "importers/data/csv.h"

#include <clocale>
#include <cmath>

#include "importers/data/checks.h"
#include "sample_data.h"

namespace rondo::test {
namespace {

using List = std::vector<std::int64_t>;

Dataset read(const std::string& text, const CsvOptions& options = {}) {
  const Folder folder;
  return read_csv(folder.write("data.csv", text), options);
}

std::string refused(const std::string& text, const CsvOptions& options = {}, ErrorCode code = ErrorCode::data) {
  return failure_of([&] { read(text, options); }, code);
}

std::vector<double> values(const Dataset& set, const char* name) {
  const auto all = set.find(name)->data.values<double>();
  return {all.begin(), all.end()};
}

// One line of a catalogue: what stands in the file, and what the message must hold.
struct Bad {
  std::string text, says;
};

TEST(Csv, EachRowIsASampleWithoutAWindow) {
  const Dataset set = read("a,b,label\n1,2,0\n-3.5,+4e-2,1\n", {.targets = {"label"}});
  EXPECT_EQ(set.size(), 2);
  const Field &x = *set.find("x"), &y = *set.find("y");
  EXPECT_TRUE(x.one_row);
  EXPECT_EQ(x.row_shape, (List{2}));
  EXPECT_EQ(values(set, "x"), (std::vector<double>{1, 2, -3.5, 0.04}));
  EXPECT_TRUE(y.row_shape.empty());
  EXPECT_EQ(values(set, "y"), (std::vector<double>{0, 1}));
  EXPECT_EQ(read("a\n1\n").fields.size(), 1u);
}

TEST(Csv, ColumnsAreChosenByNameOrNumber) {
  const Dataset named = read("day,a,b\nMo,1,2\nTu,3,4\n", {.features = {"b"}, .targets = {"b", "a"}});
  EXPECT_EQ(values(named, "x"), (std::vector<double>{2, 4}));
  EXPECT_EQ(values(named, "y"), (std::vector<double>{2, 1, 4, 3}));
  EXPECT_EQ(named.find("y")->row_shape, (List{2}));
  const Dataset numbered = read("1,2,3\n4,5,6\n", {.targets = {"3"}});
  EXPECT_EQ(values(numbered, "x"), (std::vector<double>{1, 2, 4, 5}));
  EXPECT_EQ(values(numbered, "y"), (std::vector<double>{3, 6}));
}

TEST(Csv, WindowsOfASeries) {
  const std::string series = "v,w\n0,9\n1,9\n2,9\n3,9\n4,9\n5,9\n6,9\n";
  const Dataset next = read(series, {.features = {"v"}, .targets = {"v"}, .window = 3});
  EXPECT_EQ(next.size(), 4);
  EXPECT_EQ(next.find("x")->begins, (List{0, 1, 2, 3}));
  EXPECT_EQ(next.find("x")->lengths, (List{3, 3, 3, 3}));
  EXPECT_EQ(next.find("y")->begins, (List{3, 4, 5, 6}));
  EXPECT_TRUE(next.find("y")->one_row);

  const Dataset far = read(series, {.features = {"v"}, .targets = {"v"}, .window = 2, .stride = 3, .horizon = 2});
  EXPECT_EQ(far.find("x")->begins, (List{0, 3}));
  EXPECT_EQ(far.find("y")->begins, (List{2, 5}));
  EXPECT_EQ(far.find("y")->lengths, (List{2, 2}));
  EXPECT_FALSE(far.find("y")->one_row);

  const Dataset own = read(series, {.targets = {"w"}, .window = 7, .horizon = 0});
  EXPECT_EQ(own.size(), 1);
  EXPECT_EQ(own.find("y")->begins, (List{6}));

  const Dataset each = read(series, {.targets = {"w"}, .window = 4, .stride = 2, .target_per_step = true});
  EXPECT_EQ(each.find("x")->begins, (List{0, 2}));
  EXPECT_EQ(each.find("y")->begins, (List{1, 3}));
  EXPECT_EQ(each.find("y")->lengths, (List{4, 4}));
  EXPECT_NE(refused(series, {.targets = {"w"}, .window = 7}).find("8 rows or more"), std::string::npos);
}

TEST(Csv, ManySequences) {
  const std::string text = "id,v,label\na,1,0\na,2,0\nb,3,1\nc,4,0\nc,5,0\nc,6,0\n";
  const Dataset set = read(text, {.targets = {"label"}, .sequence = "id"});
  EXPECT_EQ(set.find("x")->begins, (List{0, 2, 3}));
  EXPECT_EQ(set.find("x")->lengths, (List{2, 1, 3}));
  EXPECT_EQ(set.find("x")->row_shape, (List{1}));
  EXPECT_EQ(set.find("y")->begins, (List{0, 2, 3}));
  EXPECT_EQ(set.find("y")->lengths, (List{1, 1, 1}));

  const Dataset tags = read(text, {.targets = {"label"}, .sequence = "id", .target_per_step = true});
  EXPECT_EQ(tags.find("y")->lengths, (List{2, 1, 3}));

  const Dataset windows = read(text, {.targets = {"v"}, .sequence = "id", .window = 1});
  EXPECT_EQ(windows.find("x")->begins, (List{0, 3, 4})) << "no window reaches into another sequence";

  EXPECT_NE(refused("id,v\na,1\nb,2\na,3\n", {.sequence = "id"}).find("data.csv:4:1: the rows of sequence 'a'"),
            std::string::npos);
  EXPECT_NE(refused("id,v,y\na,1,0\na,2,1\n", {.targets = {"y"}, .sequence = "id"}).find("data.csv:3:3: the target"),
            std::string::npos);
}

TEST(Csv, LineEndsQuotesBlanksAndMarks) {
  const std::vector<double> expected{1, 2, 3, 4};
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
                           "\xef\xbb\xbf"
                           "a,b\n1,2\n3,4\n",
                           "a,b\n\n1,2\n\n\n3,4\n\n", "\"a\",\"b\"\n\"1\",\"2\"\n 3 , 4\t\n"})
    EXPECT_EQ(values(read(text), "x"), expected) << text;
  EXPECT_EQ(values(read("a;b\n1;2\n3;4\n", {.delimiter = ';'}), "x"), expected);
}

TEST(Csv, BadCellsAreNamedByLineAndColumn) {
  const std::string lines = "a,b\n1,2\n";
  for (const Bad& bad :
       std::vector<Bad>{{lines + "3,abc\n", "data.csv:3:2: 'abc' is not a number"},
                        {lines + "3,\n", "data.csv:3:2: the cell is empty"},
                        {lines + "3,1e999\n", "data.csv:3:2: '1e999' is beyond the range"},
                        {lines + "3,1.5.2\n", "data.csv:3:2: '1.5.2' is not a number"},
                        {lines + "0x10,1\n", "data.csv:3:1: '0x10' is not a number"},
                        {lines + "3,\"1,5\"\n", "data.csv:3:2: '1,5' is not a number"},
                        {lines + "3,1,5\n", "data.csv:3: the row has another number of columns (got 3, expected 2)"},
                        {lines + "3\n", "data.csv:3: the row has another number of columns (got 1, expected 2)"},
                        {"a,b\r\n1,2\r\n\r\n3,x\r\n", "data.csv:4:2: 'x'"},
                        {"\"a\nz\",b\n1,2\n3,x\n", "data.csv:4:2: 'x'"},
                        {"a,b\n1,+-2\n", "data.csv:2:2"},
                        {"a,b\n1,\"2\"3\n", "data.csv:2:2: the quotes are malformed"},
                        {"a,b\n1,\"2\n", "the quotes are malformed"},
                        {"1,abc\n1,2\n", "data.csv:1:2: 'abc' is not a number"},
                        {"a,a\n1,2\n", "data.csv:1:2: the name 'a' stands twice"}}) {
    const std::string says = refused(bad.text);
    EXPECT_NE(says.find(bad.says), std::string::npos) << says << "\nfor: " << bad.text;
  }
  EXPECT_NE(refused("a;b\n1,5;2\n", {.delimiter = ';'}).find("data.csv:2:1: '1,5' is not a number"), std::string::npos);
}

TEST(Csv, FilesThatAreNoText) {
  for (const Bad& bad : std::vector<Bad>{{"", "empty (0 bytes)"},
                                         {"\n\n", "there are no rows"},
                                         {"a,b\n", "no rows behind the names"},
                                         {std::string("\xff\xfe"
                                                      "a\0,\0",
                                                      6),
                                          "UTF-16"},
                                         {std::string("a,b\n1,\0002\n", 9), "data.csv:2: the text holds a NUL byte"}}) {
    const std::string says = refused(bad.text);
    EXPECT_NE(says.find(bad.says), std::string::npos) << says;
  }
  const Folder folder;
  failure_of([&] { read_csv(folder / "absent.csv"); }, ErrorCode::io);
  failure_of([&] { read_csv("/dev/zero"); }, ErrorCode::io);
}

TEST(Csv, LongLinesMeetALimit) {
  refused("a\n1" + std::string(std::size_t{17} << 20, '0') + "\n", {}, ErrorCode::limit);
  std::string many = "a\n1";
  for (std::size_t i = 0; i < 70000; ++i) many += ",1";
  refused(many + "\n", {}, ErrorCode::limit);
}

TEST(Csv, MessagesAreOnePrintableLine) {
  const std::string says = refused("a\n\"\x1b[31m\n" + std::string(10000, 'z') + "\"\n");
  EXPECT_LT(says.size(), 600u);
  for (const char c : says) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << says;
}

TEST(Csv, NanAndInfAreReadAndRefusedUnlessAllowed) {
  Dataset set = read("a,b\n1,2\n3,nan\n-inf,4\n");
  EXPECT_TRUE(std::isnan(values(set, "x")[3]));
  const std::string says = failure_of([&] { check_finite(set, NonFinite::refuse); });
  EXPECT_NE(says.find("data.csv:3:2: nan is not finite"), std::string::npos) << says;
  check_finite(set, NonFinite::skip);
  EXPECT_EQ(set.size(), 1);
  EXPECT_EQ(set.skipped, 2);
}

TEST(Csv, ClassesAreNamedByLineAndColumn) {
  Dataset set = read("v,label\n1,0\n2,1\n3,7\n", {.targets = {"label"}});
  convert(set, *set.find("y"), DType::int64);
  std::string says = failure_of([&] { count_classes(set, *set.find("y"), 2, std::nullopt); });
  EXPECT_NE(says.find("data.csv:4:2: 7 is no class"), std::string::npos) << says;
  Dataset half = read("v,label\n1,0.5\n", {.targets = {"label"}});
  says = failure_of([&] { convert(half, *half.find("y"), DType::int64); });
  EXPECT_NE(says.find("data.csv:2:2: 0.5 is no int64"), std::string::npos) << says;
}

TEST(Csv, TheLocaleDoesNotMatter) {
  for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  const Dataset set = read("a\n1.5\n");
  std::setlocale(LC_ALL, "C");
  EXPECT_EQ(values(set, "x")[0], 1.5);
}

TEST(Csv, OptionsThatDoNotFit) {
  const std::string text = "a,b\n1,2\n";
  EXPECT_NE(refused(text, {.targets = {"c"}}, ErrorCode::usage).find("one of a, b"), std::string::npos);
  refused(text, {.sequence = "c"}, ErrorCode::usage);
  refused(text, {.window = -1}, ErrorCode::usage);
  refused(text, {.window = 1, .stride = 0}, ErrorCode::usage);
  refused(text, {.window = 1, .horizon = -1}, ErrorCode::usage);
  refused(text, {.delimiter = '"'}, ErrorCode::usage);
  EXPECT_NE(refused(text, {.targets = {"a", "b"}}).find("no column is left"), std::string::npos);
}

}  // namespace
}  // namespace rondo::test
