// What holds for every recurrent operator, on random cases. The oracle does the same arithmetic on both sides, so all
// comparisons are exact, with NaN equal to NaN.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "oracle/recurrent_generator.h"
#include "oracle/recurrent_oracle.h"
#include "oracle/recurrent_parts.h"

namespace rondo::oracle {
namespace {

constexpr std::uint64_t kSeeds = 400;

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
bool same(const Values& a, const Values& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return same(x, y); });
}

// Calls f(t, d, n, h) for every element of Y.
template <class F>
void for_each_output(const RecurrentCase& c, F f) {
  for (std::int64_t t = 0; t < c.T; ++t) {
    for (std::int64_t k = 0; k < c.D() * c.N * c.H; ++k) f(t, k / (c.N * c.H), k / c.H % c.N, k % c.H);
  }
}

TEST(RecurrentProperty, ReverseIsForwardOnTheFlippedSequence) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    RecurrentCase c = one_direction(draw(seed), 0);
    c.direction = Direction::reverse;
    RecurrentCase flipped = c;
    flipped.direction = Direction::forward;
    const auto mirror = [&](std::int64_t n, std::int64_t t) { return t < c.length(n) ? c.length(n) - 1 - t : t; };
    for (std::int64_t k = 0; k < c.T * c.N; ++k) {
      const std::int64_t t = k / c.N, n = k % c.N;
      for (std::int64_t i = 0; i < c.I; ++i) flipped.X[c.x_index(t, n, i)] = c.X[c.x_index(mirror(n, t), n, i)];
    }
    const RecurrentResult reverse = run_oracle(c);
    const RecurrentResult forward = run_oracle(flipped);
    EXPECT_TRUE(same(reverse.Y_h, forward.Y_h) && same(reverse.Y_c, forward.Y_c)) << describe(c);
    bool equal = true;
    for_each_output(c, [&](std::int64_t t, std::int64_t d, std::int64_t n, std::int64_t h) {
      equal = equal && same(reverse.Y[c.y_index(t, d, n, h)], forward.Y[c.y_index(mirror(n, t), d, n, h)]);
    });
    EXPECT_TRUE(equal) << describe(c);
  }
}

TEST(RecurrentProperty, DirectionsStandSideBySide) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = draw(seed);
    const RecurrentResult whole = run_oracle(c);
    for (std::int64_t d = 0; d < c.D(); ++d) {
      const RecurrentCase part = one_direction(c, d);
      const RecurrentResult r = run_oracle(part);
      bool equal = true;
      for_each_output(part, [&](std::int64_t t, std::int64_t, std::int64_t n, std::int64_t h) {
        equal = equal && same(whole.Y[c.y_index(t, d, n, h)], r.Y[part.y_index(t, 0, n, h)]) &&
                same(whole.Y_h[c.state_index(d, n, h)], r.Y_h[part.state_index(0, n, h)]);
      });
      EXPECT_TRUE(equal) << describe(c);
    }
  }
}

TEST(RecurrentProperty, LayoutOneIsLayoutZeroTransposed) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = draw(seed);
    const RecurrentCase other = with_layout(c, 1 - c.layout);
    const RecurrentResult a = run_oracle(c);
    const RecurrentResult b = run_oracle(other);
    bool equal = a.Y.size() == b.Y.size();
    for_each_output(c, [&](std::int64_t t, std::int64_t d, std::int64_t n, std::int64_t h) {
      equal = equal && same(a.Y[c.y_index(t, d, n, h)], b.Y[other.y_index(t, d, n, h)]) &&
              same(a.Y_h[c.state_index(d, n, h)], b.Y_h[other.state_index(d, n, h)]);
    });
    EXPECT_TRUE(equal) << describe(c);
  }
}

TEST(RecurrentProperty, ASequenceCutInTwoEqualsTheWhole) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = one_direction(draw(seed), 0);
    const std::int64_t cut = static_cast<std::int64_t>(seed) % (c.T + 1);
    RecurrentCase first = time_span(c, 0, cut), second = time_span(c, cut, c.T);
    const bool backwards = c.direction == Direction::reverse;
    RecurrentCase& early = backwards ? second : first;
    RecurrentCase& late = backwards ? first : second;
    const RecurrentResult before = run_oracle(early);
    late.initial_h = before.Y_h;
    if (c.op == RecurrentOp::lstm) late.initial_c = before.Y_c;
    const RecurrentResult after = run_oracle(late);
    const RecurrentResult whole = run_oracle(c);
    EXPECT_TRUE(same(whole.Y_h, after.Y_h) && same(whole.Y_c, after.Y_c)) << describe(c);
    const RecurrentResult& head = backwards ? after : before;
    const RecurrentResult& tail = backwards ? before : after;
    bool equal = true;
    for_each_output(c, [&](std::int64_t t, std::int64_t d, std::int64_t n, std::int64_t h) {
      const double part = t < cut ? head.Y[first.y_index(t, d, n, h)] : tail.Y[second.y_index(t - cut, d, n, h)];
      equal = equal && same(whole.Y[c.y_index(t, d, n, h)], part);
    });
    EXPECT_TRUE(equal) << describe(c);
  }
}

TEST(RecurrentProperty, PaddingNeverMatters) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = draw(seed);
    RecurrentCase poisoned = c;
    for (std::int64_t n = 0; n < c.N; ++n) {
      for (std::int64_t k = c.length(n) * c.I; k < c.T * c.I; ++k) poisoned.X[c.x_index(k / c.I, n, k % c.I)] = NAN;
    }
    const RecurrentResult a = run_oracle(c), b = run_oracle(poisoned);
    EXPECT_TRUE(same(a.Y, b.Y) && same(a.Y_h, b.Y_h) && same(a.Y_c, b.Y_c)) << describe(c);
  }
}

TEST(RecurrentProperty, SingleStepsReachTheEndOfTheRun) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    RecurrentCase c = one_direction(draw(seed), 0);
    c.dtype = DType::float64;  // the states between the steps are not rounded
    const auto steps = single_steps(c);
    ASSERT_EQ(steps.size(), static_cast<std::size_t>(c.T)) << describe(c);
    if (c.T == 0) continue;
    EXPECT_TRUE(same(run_oracle(steps.back()).Y_h, run_oracle(c).Y_h)) << describe(c);
  }
}

}  // namespace
}  // namespace rondo::oracle
