// The order of steps: against a list of what each row must see, written per row.
#include "ops/recurrent_walk.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>
#include <vector>

namespace rondo::ops {
namespace {

using Lens = std::vector<std::int32_t>;

RecurrentSpec spec_of(std::int64_t T, std::int64_t N, std::int64_t D, std::array<bool, 2> reverse) {
  RecurrentSpec spec;
  spec.T = T, spec.N = N, spec.D = D, spec.H = 2;
  spec.reverse = reverse;
  spec.y_stride_n = 2, spec.y_stride_d = N * 2, spec.y_stride_t = D * N * 2;
  return spec;
}

struct Seen {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::int64_t>> steps;  // of (d, row): t in order
  std::vector<RecurrentStep> calls;
};

Seen walk(const RecurrentSpec& spec, const Lens& lens, std::vector<double>& y) {
  Seen seen;
  y.assign(static_cast<std::size_t>(spec.T * spec.D * spec.N * spec.H), std::nan(""));
  walk_sequence(spec, lens, y.data(), [&](const RecurrentStep& s) {
    seen.calls.push_back(s);
    for (std::int64_t n = s.row_begin; n < s.row_end; ++n) {
      seen.steps[{s.d, n}].push_back(s.t);
      for (std::int64_t h = 0; h < spec.H; ++h) y[static_cast<std::size_t>(spec.y_at(s.t, s.d, n) + h)] = 7;
    }
  });
  return seen;
}

void expect_right(const RecurrentSpec& spec, const Lens& lens) {
  std::vector<double> y;
  const Seen seen = walk(spec, lens, y);
  for (std::int64_t d = 0; d < spec.D; ++d) {
    for (std::int64_t n = 0; n < spec.N; ++n) {
      const std::int64_t length = lens.empty() ? spec.T : lens[static_cast<std::size_t>(n)];
      std::vector<std::int64_t> want;
      for (std::int64_t s = 0; s < length; ++s)
        want.push_back(spec.reverse[static_cast<std::size_t>(d)] ? length - 1 - s : s);
      const auto it = seen.steps.find({d, n});
      EXPECT_EQ(it == seen.steps.end() ? std::vector<std::int64_t>{} : it->second, want) << "d " << d << " row " << n;
      for (std::int64_t t = 0; t < spec.T; ++t)
        EXPECT_EQ(y[static_cast<std::size_t>(spec.y_at(t, d, n) + 1)], t < length ? 7 : 0) << "t " << t << " row " << n;
    }
  }
  for (std::size_t k = 1; k < seen.calls.size(); ++k) {
    const RecurrentStep &a = seen.calls[k - 1], &b = seen.calls[k];
    if (a.d == b.d && a.t == b.t) {
      EXPECT_GT(b.row_begin, a.row_end) << "neighbouring rows belong to one call";
    }
  }
}

constexpr std::array<bool, 2> kForward{false, false}, kReverse{true, false}, kBoth{false, true};

TEST(RecurrentWalk, RaggedRowsSeeTheirOwnStepsInOrder) {
  for (const Lens& lens :
       {Lens{}, Lens{4, 4, 4, 4}, Lens{4, 1, 3, 0}, Lens{0, 2, 2, 4}, Lens{1, 2, 3, 3}, Lens(4, 0)}) {
    expect_right(spec_of(4, 4, 1, kForward), lens);
    expect_right(spec_of(4, 4, 1, kReverse), lens);
    expect_right(spec_of(4, 4, 2, kBoth), lens);
  }
}

TEST(RecurrentWalk, NothingHappensWithoutStepsOrRows) {
  std::vector<double> y;
  EXPECT_TRUE(walk(spec_of(0, 3, 2, kBoth), {}, y).calls.empty());
  EXPECT_TRUE(walk(spec_of(0, 3, 2, kBoth), {0, 0, 0}, y).calls.empty());
  EXPECT_TRUE(walk(spec_of(3, 0, 2, kBoth), {}, y).calls.empty());
}

TEST(RecurrentWalk, EqualRowsTravelTogether) {
  std::vector<double> y;
  const Seen seen = walk(spec_of(3, 5, 1, kForward), {3, 3, 2, 2, 3}, y);
  ASSERT_EQ(seen.calls.size(), 4u);
  EXPECT_EQ(seen.calls[0].row_end, 5);
  EXPECT_EQ(seen.calls[2].row_end, 2);
  EXPECT_EQ(seen.calls[3].row_begin, 4);
}

TEST(RecurrentWalk, APieceOfTheRowsLeavesTheOthersAlone) {
  const RecurrentSpec spec = spec_of(3, 4, 1, kReverse);
  const Lens lens{1, 2, 0, 1};
  std::vector<double> y(static_cast<std::size_t>(spec.T * spec.N * spec.H), 5);
  std::vector<std::int64_t> rows;
  walk_rows(spec, lens, 0, 1, 3, y.data(), [&](const RecurrentStep& s) { rows.push_back(s.row_begin); });
  EXPECT_THAT(rows, testing::ElementsAre(1, 1));
  EXPECT_EQ(y[static_cast<std::size_t>(spec.y_at(2, 0, 0))], 5);
  EXPECT_EQ(y[static_cast<std::size_t>(spec.y_at(0, 0, 2))], 0);
  EXPECT_EQ(y[static_cast<std::size_t>(spec.y_at(0, 0, 3))], 5);
}

TEST(RecurrentWalk, YMayBeAbsent) {
  const RecurrentSpec spec = spec_of(3, 2, 1, kForward);
  const Lens lens{1, 2};
  int steps = 0;
  walk_sequence<float>(spec, lens, nullptr,
                       [&](const RecurrentStep& s) { steps += static_cast<int>(s.row_end - s.row_begin); });
  EXPECT_EQ(steps, 3);
}

}  // namespace
}  // namespace rondo::ops
