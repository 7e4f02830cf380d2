#include "rondo/error.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "base/escape.h"
#include "base/way_out.h"

namespace rondo {
namespace {

TEST(Error, LineHasEveryPartInItsPlace) {
  const Error e = Error(ErrorCode::model, "W has the wrong shape")
                      .got("[1,12,4]")
                      .expected("[1,16,4]")
                      .fix("export again")
                      .at_file("m.onnx", 12)
                      .at_node("lstm_1", "LSTM", 3, "main");
  EXPECT_STREQ(e.what(),
               "error[E_MODEL] m.onnx@12: node 'lstm_1' (LSTM #3, graph 'main'): W has the wrong shape (got [1,12,4], "
               "expected [1,16,4]). Fix: export again.");
}

TEST(Error, PartsThatDoNotApplyAreLeftOut) {
  EXPECT_STREQ(Error(ErrorCode::io, "no such file").what(), "error[E_IO]: no such file.");
  EXPECT_STREQ(Error(ErrorCode::model, "clip must be positive").at_attribute("clip").got("-1").what(),
               "error[E_MODEL]: attribute 'clip': clip must be positive (got -1).");
}

TEST(Error, AWayOutIsAddedWhereNobodyKnewOne) {
  const auto fix = [](Error e, const std::string& inputs = "") {
    add_way_out(e, inputs);
    return e.fix();
  };
  EXPECT_EQ(fix(Error(ErrorCode::model, "m").fix("do that")), "do that");
  EXPECT_EQ(fix(Error(ErrorCode::model, "m")), "export the model again");
  const Error at_node = Error(ErrorCode::model, "m").at_node("n", "GRU", 0, "g");
  EXPECT_EQ(fix(at_node), "correct this node where the model is made, and export it again");
  EXPECT_EQ(fix(Error(at_node).at_attribute("clip")), "change 'clip' where the model is made, and export it again");
  EXPECT_EQ(fix(Error(ErrorCode::data, "d"), "X: float32[T]"), "give inputs that fit; the model takes X: float32[T]");
  for (const ErrorCode code : {ErrorCode::unsupported, ErrorCode::data, ErrorCode::limit, ErrorCode::memory})
    EXPECT_NE(fix(Error(code, "w")), "");
  EXPECT_EQ(way_out_of(ENOSPC), "free space there, or choose another disk");
  EXPECT_NE(way_out_of(12345), "");
}

TEST(Error, ANodeWithoutOperatorHasItsPlace) {
  EXPECT_STREQ(Error(ErrorCode::model, "m").at_node("n", "", 3, "g").what(),
               "error[E_MODEL]: node 'n' (#3, graph 'g'): m.");
}

TEST(Error, EveryCodeHasItsExit) {
  EXPECT_EQ(exit_code(ErrorCode::usage), 2);
  EXPECT_EQ(exit_code(ErrorCode::model), 3);
  EXPECT_EQ(exit_code(ErrorCode::unsupported), 4);
  EXPECT_EQ(exit_code(ErrorCode::data), 5);
  EXPECT_EQ(exit_code(ErrorCode::limit), 6);
  EXPECT_EQ(exit_code(ErrorCode::memory), 6);
  EXPECT_EQ(exit_code(ErrorCode::io), 7);
  EXPECT_EQ(exit_code(ErrorCode::numeric), 8);
  EXPECT_EQ(exit_code(ErrorCode::state), 9);
}

TEST(Error, NamesCannotForgeLinesOrColours) {
  const Error e = Error(ErrorCode::model, "bad").at_node("a\nerror[E_IO]\x1b[31m\xff", "LSTM", 0, "g");
  EXPECT_THAT(e.what(), testing::HasSubstr("'a\\x0aerror[E_IO]\\x1b[31m\\xff'"));
}

TEST(Error, FurtherFindingsAreListedToTwenty) {
  Error e(ErrorCode::unsupported, "first");
  for (int i = 0; i < 25; ++i) e.also("op" + std::to_string(i));
  EXPECT_THAT(e.what(), testing::HasSubstr("Also: op19."));
  EXPECT_THAT(e.what(), testing::Not(testing::HasSubstr("op20")));
  EXPECT_THAT(e.what(), testing::HasSubstr("And 5 more."));
}

TEST(Escaped, KeepsUtf8AndBreaksWhatIsNot) {
  EXPECT_EQ(escaped("größe 層"), "größe 層");
  EXPECT_EQ(escaped(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(escaped("\xe5\xb1"), "\\xe5\\xb1");           // cut short
  EXPECT_LT(escaped(std::string(10000, 'x')).size(), 1100u);
}

}  // namespace
}  // namespace rondo
