// A session that runs on and on keeps its size, whatever shapes come.
#include <gtest/gtest.h>

#include <cstdlib>

#include "memory/resident.h"
#include "runtime/models.h"

namespace rondo::memory {
namespace {

constexpr std::int64_t kBound = 1 << 20;

TEST(Memory, AModelOfEverChangingShapesKeepsItsSize) {
  const Session session = test::load(test::tagger(), {.threads = 1, .max_prepared_shapes = 8});
  RunContext context(session);
  const Growth growth =
      watch(400, 2000, [&](std::int64_t k) { context.run(test::views(test::tagger_inputs(1 + k % 7, 1 + k % 11))); });
  EXPECT_LT(growth.bytes(), kBound) << to_string(growth);
  EXPECT_GT(growth.late.now, 0);
  EXPECT_GE(growth.late.peak, growth.late.now);
}

TEST(Memory, ContextsComeAndGo) {
  const Session session = test::load(test::tagger(), {.threads = 1});
  const auto inputs = test::tagger_inputs(3, 9);
  const Growth growth = watch(200, 1000, [&](std::int64_t) { RunContext(session).run(test::views(inputs)); });
  EXPECT_LT(growth.bytes(), kBound) << to_string(growth);
}

TEST(Memory, SessionsComeAndGo) {
  const Graph model = test::tagger();
  const auto inputs = test::tagger_inputs(2, 5);
  const Growth growth = watch(30, 150, [&](std::int64_t) {
    const Session session = test::load(model, {.threads = 1});
    RunContext(session).run(test::views(inputs));
  });
  EXPECT_LT(growth.bytes(), kBound) << to_string(growth);
}

TEST(Memory, ALeakOfFourKilobytesARunIsSeen) {
  std::vector<std::unique_ptr<std::vector<char>>> kept;
  const Growth growth =
      watch(100, 1100, [&](std::int64_t) { kept.push_back(std::make_unique<std::vector<char>>(4096, 'x')); });
  EXPECT_GT(growth.bytes(), kBound) << to_string(growth);
}

}  // namespace
}  // namespace rondo::memory
