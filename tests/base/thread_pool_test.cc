#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace rondo {
namespace {

class Pool : public testing::TestWithParam<int> {};

TEST_P(Pool, RunsEveryPieceOnce) {
  ThreadPool pool(GetParam());
  for (int round = 0; round < 2000; ++round) {
    const int pieces = round % 17;
    std::vector<std::atomic<int>> seen(17);
    pool.for_each(pieces, [&](int piece) { ++seen[static_cast<std::size_t>(piece)]; });
    for (int i = 0; i < 17; ++i) ASSERT_EQ(seen[static_cast<std::size_t>(i)], i < pieces ? 1 : 0) << "round " << round;
  }
}

TEST_P(Pool, ResultsAreVisibleWhenRunReturns) {
  ThreadPool pool(GetParam());
  std::vector<int> plain(64);  // no atomics: the pool itself must order the writes before the reads
  for (int round = 1; round < 500; ++round) {
    pool.for_each(64, [&](int piece) { plain[static_cast<std::size_t>(piece)] = round; });
    for (int v : plain) ASSERT_EQ(v, round);
  }
}

TEST_P(Pool, CallersFromSeveralThreadsDoNotWaitForEachOther) {
  ThreadPool pool(GetParam());
  std::atomic<int> sum{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i) pool.for_each(5, [&](int piece) { sum += piece; });
    });
  for (std::thread& t : callers) t.join();
  EXPECT_EQ(sum, 4 * 200 * 10);
}

TEST_P(Pool, WorkersSleepAndWakeAgain) {
  ThreadPool pool(GetParam());
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::atomic<int> count{0};
    pool.for_each(8, [&](int) { ++count; });
    EXPECT_EQ(count, 8);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Pool, testing::Values(1, 2, 3, 8));

TEST(ThreadPool, SizeIsBounded) {
  EXPECT_EQ(ThreadPool(-5).size(), 1);
  EXPECT_EQ(ThreadPool(1).size(), 1);
  EXPECT_EQ(ThreadPool(3).size(), 3);
}

}  // namespace
}  // namespace rondo
