#include "base/lockstep.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "base/aligned.h"

namespace rondo {
namespace {

// Runs body(team, member) on a thread for each member; the last one comes when the others may be done.
void run_team(int members, const std::function<void(const Lockstep&, int)>& body,
              std::chrono::microseconds delay = std::chrono::microseconds(0)) {
  const auto memory = make_aligned<std::byte>(Lockstep::bytes(members));
  Lockstep::prepare(memory.get(), members);
  std::vector<std::thread> threads;
  for (int m = 0; m < members; ++m)
    threads.emplace_back([&, m] {
      if (m == members - 1) std::this_thread::sleep_for(delay);
      body(Lockstep(memory.get(), members), m);
    });
  for (std::thread& t : threads) t.join();
}

// Every part adds what all parts of the phase before left: right only if each ran once, and none before its time.
void expect_in_step(int members, int phases, std::chrono::microseconds delay) {
  std::vector<std::int64_t> now(static_cast<std::size_t>(members), 1), next = now;
  run_team(
      members,
      [&](const Lockstep& team, int member) {
        std::vector<std::int64_t>*from = &now, *to = &next;
        for (int p = 0; p < phases; ++p) {
          team.phase(member, p, [&](int part) {
            std::int64_t sum = part;
            for (const std::int64_t v : *from) sum += v;
            (*to)[static_cast<std::size_t>(part)] = sum % 1009;
          });
          std::swap(from, to);
        }
      },
      delay);
  std::vector<std::int64_t> expected(static_cast<std::size_t>(members), 1);
  for (int p = 0; p < phases; ++p) {
    std::int64_t sum = 0;
    for (const std::int64_t v : expected) sum += v;
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = (sum + static_cast<std::int64_t>(i)) % 1009;
  }
  EXPECT_EQ(phases % 2 == 0 ? now : next, expected) << members << " members, " << phases << " phases";
}

TEST(Lockstep, RunsEveryPartOnceAndInOrder) {
  for (const int members : {1, 2, 3, 8})
    for (const int phases : {1, 2, 501}) expect_in_step(members, phases, {});
}

// More members than cores: threads lose the processor in the middle of parts, and others take theirs.
TEST(Lockstep, SurvivesMembersThatLoseTheProcessor) {
  const int members = static_cast<int>(std::thread::hardware_concurrency()) * 2 + 1;
  for (int round = 0; round < 20; ++round) expect_in_step(members, 300, std::chrono::microseconds(round * 50));
}

TEST(Lockstep, NeedsNobodyElse) {
  const auto memory = make_aligned<std::byte>(Lockstep::bytes(4));
  Lockstep::prepare(memory.get(), 4);
  std::vector<int> parts;
  for (int p = 0; p < 3; ++p) Lockstep(memory.get(), 4).phase(2, p, [&](int part) { parts.push_back(part); });
  EXPECT_EQ(parts, (std::vector<int>{2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1}));
}

}  // namespace
}  // namespace rondo
