#include "train/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "base/random.h"
#include "rondo/error.h"

namespace rondo::train {
namespace {

using List = std::vector<std::int64_t>;

List first_numbers(std::int64_t n) {
  List all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// Lengths 1 to 17, unevenly.
List some_lengths(std::int64_t n) {
  List lengths;
  for (std::int64_t i = 0; i < n; ++i) lengths.push_back(1 + i * i % 17);
  return lengths;
}

std::vector<List> epoch_of(Batches& batches, std::int64_t epoch) {
  std::vector<List> all;
  for (Cursor c{epoch, 0}; c.epoch == epoch; c = batches.after(c)) {
    const auto batch = batches.at(c);
    all.emplace_back(batch.begin(), batch.end());
  }
  return all;
}

List joined(const std::vector<List>& batches) {
  List all;
  for (const List& b : batches) all.insert(all.end(), b.begin(), b.end());
  return all;
}

TEST(Batches, EveryEpochHasEverySampleOnce) {
  for (const bool by_length : {false, true})
    for (const std::int64_t size : {1, 2, 31, 32, 33, 1000}) {
      Batches batches(first_numbers(size), some_lengths(size),
                      {.batch_size = 8, .seed = 3, .by_length = by_length, .batches_sorted = 4});
      std::set<List> orders;
      for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
        const auto all = epoch_of(batches, epoch);
        EXPECT_EQ(static_cast<std::int64_t>(all.size()), batches.batches_per_epoch());
        EXPECT_EQ(batches.batches_per_epoch(), (size + 7) / 8);
        List samples = joined(all);
        orders.insert(samples);
        std::ranges::sort(samples);
        EXPECT_EQ(samples, first_numbers(size));
      }
      if (size > 30) {
        EXPECT_EQ(orders.size(), 3u) << "epochs are shuffled differently";
      }
    }
}

TEST(Batches, ACursorFindsTheSameBatchAgain) {
  const BatchOptions options{.batch_size = 7, .seed = 11, .batches_sorted = 3};
  Batches running(first_numbers(100), some_lengths(100), options);
  std::vector<List> all = epoch_of(running, 0);
  for (const List& b : epoch_of(running, 1)) all.push_back(b);
  Cursor cursor;
  for (std::size_t i = 0; i < all.size(); ++i, cursor = running.after(cursor)) {
    Batches fresh(first_numbers(100), some_lengths(100), options);
    const auto batch = fresh.at(cursor);
    EXPECT_EQ(List(batch.begin(), batch.end()), all[i]) << i;
  }
  EXPECT_EQ(cursor, (Cursor{2, 0}));
}

TEST(Batches, RowsFallInLengthAndBatchesHoldNearlyEqualOnes) {
  const List lengths = some_lengths(640);
  Batches batches(first_numbers(640), lengths, {.batch_size = 16, .seed = 1, .batches_sorted = 40});
  Batches mixed(first_numbers(640), lengths, {.batch_size = 16, .seed = 1, .by_length = false});
  const auto padding = [&](const std::vector<List>& all) {
    std::int64_t wasted = 0;
    for (const List& batch : all)
      for (const std::int64_t s : batch)
        wasted += lengths[static_cast<std::size_t>(batch[0])] - lengths[static_cast<std::size_t>(s)];
    return wasted;
  };
  const auto all = epoch_of(batches, 0), other = epoch_of(mixed, 0);
  for (const auto* epoch : {&all, &other})
    for (const List& batch : *epoch)
      for (std::size_t i = 1; i < batch.size(); ++i)
        EXPECT_LE(lengths[static_cast<std::size_t>(batch[i])], lengths[static_cast<std::size_t>(batch[i - 1])]);
  EXPECT_LT(padding(all) * 10, padding(other));
  // Long batches do not all come first.
  EXPECT_FALSE(std::ranges::is_sorted(all, std::ranges::greater(),
                                      [&](const List& b) { return lengths[static_cast<std::size_t>(b[0])]; }));
}

TEST(Batches, EqualLengthsOnly) {
  const List lengths = some_lengths(200);
  Batches batches(first_numbers(200), lengths, {.batch_size = 6, .seed = 1, .equal_lengths = true});
  const auto all = epoch_of(batches, 0);
  EXPECT_EQ(joined(all).size(), 200u);
  for (const List& batch : all)
    for (const std::int64_t s : batch)
      EXPECT_EQ(lengths[static_cast<std::size_t>(s)], lengths[static_cast<std::size_t>(batch[0])]);
  EXPECT_EQ(epoch_of(batches, 5).size(), all.size());
}

TEST(Batches, TheOrderOfTheDataWhenNotShuffled) {
  Batches batches({4, 2, 9, 7, 5}, {1, 1, 1, 1, 1}, {.batch_size = 2, .shuffle = false, .by_length = false});
  EXPECT_EQ(epoch_of(batches, 3), (std::vector<List>{{4, 2}, {9, 7}, {5}}));
  Batches dropping({4, 2, 9, 7, 5}, {1, 1, 1, 1, 1},
                   {.batch_size = 2, .shuffle = false, .by_length = false, .drop_last = true});
  EXPECT_EQ(epoch_of(dropping, 0), (std::vector<List>{{4, 2}, {9, 7}}));
}

TEST(Batches, RefuseWhatMakesNoBatch) {
  EXPECT_THROW(Batches({0}, {1}, {.batch_size = 0}), Error);
  EXPECT_THROW(Batches({0}, {1}, {.batch_size = 2, .drop_last = true}), Error);
  EXPECT_THROW(Batches({}, {}, {}), Error);
  Batches one({0}, {1}, {});
  EXPECT_THROW(one.at({0, 1}), Error);
}

TEST(Split, TakesPartOfTheSamples) {
  const Split random = split(100, 0.25, SplitOrder::random, 5);
  EXPECT_EQ(random.validation.size(), 25u);
  List all = random.training;
  all.insert(all.end(), random.validation.begin(), random.validation.end());
  std::ranges::sort(all);
  EXPECT_EQ(all, first_numbers(100));
  EXPECT_EQ(split(100, 0.25, SplitOrder::random, 5).validation, random.validation);
  EXPECT_NE(split(100, 0.25, SplitOrder::random, 6).validation, random.validation);
  EXPECT_EQ(split(5, 0.4, SplitOrder::chronological, 5).validation, (List{3, 4}));
}

TEST(Split, LeavesAtLeastOneOnEachSide) {
  EXPECT_EQ(split(3, 0.01, SplitOrder::random, 0).validation.size(), 1u);
  EXPECT_EQ(split(3, 0.99, SplitOrder::random, 0).training.size(), 1u);
  EXPECT_TRUE(split(3, 0, SplitOrder::random, 0).validation.empty());
  EXPECT_THROW(split(1, 0.5, SplitOrder::random, 0), Error);
  EXPECT_THROW(split(9, 1, SplitOrder::random, 0), Error);
  EXPECT_THROW(split(9, -0.1, SplitOrder::random, 0), Error);
}

TEST(Random, CoversItsRangeEvenly) {
  const RandomSequence a(1, 2, 3), b(1, 2, 4);
  std::int64_t counts[7] = {}, equal = 0;
  double sum = 0;
  for (std::uint64_t i = 0; i < 70000; ++i) {
    ++counts[a.below(7, i)];
    sum += a.unit(i);
    equal += a.bits(i) == b.bits(i) ? 1 : 0;
  }
  for (const std::int64_t n : counts) EXPECT_LT(std::abs(n - 10000), 500) << "five standard deviations";
  EXPECT_NEAR(sum / 70000, 0.5, 0.006);
  EXPECT_EQ(equal, 0);
}

}  // namespace
}  // namespace rondo::train
