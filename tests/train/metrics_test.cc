// Numbers by hand, on paper.
#include "train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "rondo/error.h"
#include "train/baselines.h"
#include "train/edit_distance.h"

namespace rondo::train {
namespace {

using List = std::vector<std::int64_t>;

Tensor reals(List shape, std::vector<float> values) {
  return Tensor::of<float>(DType::float32, std::move(shape), values);
}
Tensor whole(List shape, List values) { return Tensor::of<std::int64_t>(DType::int64, std::move(shape), values); }

TEST(ClassCounts, AccuracyAndMacroF1) {
  ClassCounts counts(4);
  // chosen 0 0 1 1 2, true 0 1 1 1 0; class 3 never appears. F1: 0: 2/4, 1: 4/5, 2: 0.
  const List chosen{0, 0, 1, 1, 2}, truth{0, 1, 1, 1, 0};
  for (std::size_t i = 0; i < 5; ++i) counts.add(chosen[i], truth[i]);
  EXPECT_DOUBLE_EQ(counts.accuracy(), 0.6);
  EXPECT_DOUBLE_EQ(counts.macro_f1(), (0.5 + 0.8 + 0) / 3);
  ClassCounts twice(4);
  twice.add(counts);
  twice.add(counts);
  EXPECT_DOUBLE_EQ(twice.macro_f1(), counts.macro_f1());
  EXPECT_EQ(twice.count(), 10);
  EXPECT_TRUE(std::isnan(ClassCounts(2).accuracy()));
  EXPECT_TRUE(std::isnan(ClassCounts(2).macro_f1()));
}

TEST(ClassCounts, PaddingAndIgnoredPlacesDoNotCount) {
  // [N,T,C] = [2,3,2]; row 1 has two steps, of which one is ignored.
  const Tensor scores = reals({2, 3, 2}, {1, 0, 0, 1, 1, 0, 0, 1, 5, 4, 9, 8});
  const Tensor target = whole({2, 3}, {0, 1, 1, 1, -100, 1});
  const List lengths{3, 2};
  ClassCounts counts(2);
  counts.add(scores.view(), target.view(), {.time_axis = 1, .lengths = lengths});
  EXPECT_EQ(counts.count(), 4);
  EXPECT_DOUBLE_EQ(counts.accuracy(), 0.75);
  EXPECT_DOUBLE_EQ(counts.row_accuracy(), 0.5);
}

TEST(ClassCounts, AxesInAnyOrder) {
  // The same as [T,C,N]: classes in the middle.
  const Tensor scores = reals({3, 2, 2}, {1, 0, 0, 1, 0, 5, 1, 4, 1, 9, 0, 8});
  const Tensor target = whole({3, 2}, {0, 1, 1, -100, 1, 1});
  const List lengths{3, 2};
  ClassCounts counts(2);
  counts.add(scores.view(), target.view(), {.batch_axis = 2, .time_axis = 0, .class_axis = 1, .lengths = lengths});
  EXPECT_EQ(counts.count(), 4);
  EXPECT_DOUBLE_EQ(counts.accuracy(), 0.75);
  EXPECT_DOUBLE_EQ(counts.row_accuracy(), 0.5);
}

TEST(ClassCounts, EqualScoresAndNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  ClassCounts counts(3);
  counts.add(reals({3, 3}, {2, 2, 1, 1, nan, 5, nan, 1, 9}).view(), whole({3}, {0, 1, 0}).view(), {});
  EXPECT_DOUBLE_EQ(counts.accuracy(), 1);
}

TEST(ClassCounts, Binary) {
  ClassCounts counts(2);
  const Tensor target = reals({4, 1}, {1, 1, 0, 0});
  counts.add_binary(reals({4, 1}, {0.1f, -0.1f, 0, -3}).view(), target.view(), 0, {});
  EXPECT_DOUBLE_EQ(counts.accuracy(), 0.75);
  EXPECT_DOUBLE_EQ(counts.macro_f1(), (2.0 / 3 + 4.0 / 5) / 2);
}

TEST(ClassCounts, RefusesWhatDoesNotFit) {
  ClassCounts counts(2);
  EXPECT_THROW(counts.add(reals({1, 3}, {1, 2, 3}).view(), whole({1}, {0}).view(), {}), Error);
  EXPECT_THROW(counts.add(reals({1, 2}, {1, 2}).view(), whole({2}, {0, 0}).view(), {}), Error);
  EXPECT_THROW(counts.add(reals({1, 2}, {1, 2}).view(), whole({1}, {2}).view(), {}), Error);
}

TEST(ErrorSums, MaeAndRmse) {
  const Tensor output = reals({2, 2, 1}, {1, 2, 3, 99}), target = reals({2, 2, 1}, {2, 2, 0, 0});
  const List lengths{2, 1};
  ErrorSums sums;
  sums.add(output.view(), target.view(), {.time_axis = 1, .lengths = lengths});
  EXPECT_EQ(sums.count(), 3);
  EXPECT_DOUBLE_EQ(sums.mae(), 4.0 / 3);
  EXPECT_DOUBLE_EQ(sums.rmse(), std::sqrt(10.0 / 3));
  ErrorSums twice;
  twice.add(sums);
  twice.add(sums);
  EXPECT_DOUBLE_EQ(twice.rmse(), sums.rmse());
  EXPECT_TRUE(std::isnan(ErrorSums().mae()));
  EXPECT_THROW(sums.add(output.view(), reals({4}, {0, 0, 0, 0}).view(), {}), Error);
  EXPECT_DOUBLE_EQ(perplexity(std::log(8.0) * 3, 3), 8);
}

TEST(EditDistance, IsLevenshteins) {
  const auto of = [](const std::string& a, const std::string& b) {
    return edit_distance(List(a.begin(), a.end()), List(b.begin(), b.end()));
  };
  EXPECT_EQ(of("kitten", "sitting"), 3);
  EXPECT_EQ(of("sitting", "kitten"), 3);
  EXPECT_EQ(of("", "abc"), 3);
  EXPECT_EQ(of("abc", ""), 3);
  EXPECT_EQ(of("abc", "abc"), 0);
  EXPECT_EQ(of("ab", "ba"), 2);
  EXPECT_EQ(of("intention", "execution"), 5);
  EditSums sums;
  sums.add(List{1, 2}, List{1, 3, 4});
  sums.add(List{5}, List{5});
  EXPECT_DOUBLE_EQ(sums.rate(), 0.5);
  EXPECT_DOUBLE_EQ(sums.exact(), 0.5);
  EXPECT_TRUE(std::isnan(EditSums().rate()));
}

TEST(EditDistance, GreedySymbols) {
  // [T,N,C] = [5,2,3]; greatest classes: row 0: 0 1 1 0 1, row 1: 2 2 0 2 1 of which 4 steps.
  std::vector<float> scores(30, 0);
  const List best[] = {{0, 1, 1, 0, 1}, {2, 2, 0, 2, 1}};
  for (std::size_t n = 0; n < 2; ++n)
    for (std::size_t t = 0; t < 5; ++t) scores[(t * 2 + n) * 3 + static_cast<std::size_t>(best[n][t])] = 1;
  const Tensor view = reals({5, 2, 3}, scores);
  const List lengths{5, 4};
  const Places places{.batch_axis = 1, .time_axis = 0, .lengths = lengths};
  EXPECT_EQ(greedy_symbols(view.view(), places), (std::vector<Symbols>{{0, 1, 1, 0, 1}, {2, 2, 0, 2}}));
  EXPECT_EQ(greedy_symbols(view.view(), places, 0), (std::vector<Symbols>{{1, 1}, {2, 2}}));
}

Field column(List begins, List lengths, std::vector<float> values, List shape = {1}) {
  Field f;
  f.row_shape = shape;
  f.num_rows = static_cast<std::int64_t>(values.size()) / shape[0];
  f.data = reals({static_cast<std::int64_t>(values.size())}, values);
  f.begins = std::move(begins);
  f.lengths = std::move(lengths);
  return f;
}

TEST(Baselines, MajorityClass) {
  Field f;
  f.data = whole({6}, {2, 2, 0, -100, 0, 2});
  f.num_rows = 6;
  f.one_row = true;
  f.begins = {0, 1, 2, 3, 4, 5};
  f.lengths = List(6, 1);
  const List training{0, 1, 2, 3}, validation{3, 4, 5};
  const ClassCounts counts = majority_class(f, training, validation, 3, -100);
  EXPECT_EQ(counts.count(), 2);
  EXPECT_DOUBLE_EQ(counts.accuracy(), 0.5);
}

TEST(Baselines, MeanValue) {
  const Field f = column({0, 1, 2, 3}, {1, 1, 1, 1}, {1, 3, 10, 2});
  const List training{0, 1}, validation{2, 3};
  const ErrorSums sums = mean_value(f, training, validation);
  EXPECT_DOUBLE_EQ(sums.mae(), 4);
  EXPECT_DOUBLE_EQ(sums.rmse(), std::sqrt(32.0));
}

TEST(Baselines, LastValue) {
  // A series of two columns; windows of two rows, the target is the second column of the next two.
  Field x = column({0, 1}, {2, 2}, {1, 10, 2, 20, 3, 40, 4, 70, 5, 110}, {2});
  x.columns = {1, 2};
  Field y = column({2, 3}, {2, 2}, {10, 20, 40, 70, 110});
  y.columns = {2};
  const List both{0, 1};
  const auto sums = last_value(x, y, both);
  ASSERT_TRUE(sums);
  EXPECT_DOUBLE_EQ(sums->mae(), (20 + 50 + 30 + 70) / 4.0);
  y.columns = {7};
  EXPECT_FALSE(last_value(x, y, both));
  y.columns.clear();
  EXPECT_FALSE(last_value(x, y, both)) << "two features, one target";
}

}  // namespace
}  // namespace rondo::train
