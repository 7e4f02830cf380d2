#include "runtime/memory_plan.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace rondo {
namespace {

bool overlap(const PlannedBuffer& a, const PlannedBuffer& b) {
  const bool in_time = a.first <= b.last && b.first <= a.last;
  return in_time && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

TEST(MemoryPlan, BuffersAliveTogetherNeverOverlap) {
  std::mt19937_64 random(7);  // the standard fixes its sequence
  for (int round = 0; round < 50; ++round) {
    std::vector<PlannedBuffer> buffers(40);
    for (PlannedBuffer& b : buffers) {
      b.bytes = random() % 5000;
      b.first = random() % 30;
      b.last = b.first + random() % 6;
    }
    const std::size_t arena = plan_memory(buffers);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(buffers[i].offset % 64, 0u);
      EXPECT_LE(buffers[i].offset + buffers[i].bytes, arena);
      sum += (buffers[i].bytes + 63) / 64 * 64;
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(buffers[i], buffers[j]));
    }
    EXPECT_LT(arena, sum);  // memory is used again
  }
}

TEST(MemoryPlan, AChainNeedsTwoBuffers) {
  std::vector<PlannedBuffer> chain;
  for (std::size_t i = 0; i < 20; ++i) chain.push_back({1000, i, i + 1, 0});
  EXPECT_EQ(plan_memory(chain), 2048u);
}

TEST(MemoryPlan, NothingNeedsNothing) { EXPECT_EQ(plan_memory({}), 0u); }

}  // namespace
}  // namespace rondo
