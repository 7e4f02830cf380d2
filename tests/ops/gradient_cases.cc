// Cases of the operators that only gradients use, by hand.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

Data places(std::vector<std::int64_t> shape, std::vector<double> values) {
  return typed(DType::int64, std::move(shape), std::move(values));
}

std::vector<OpCase> sums() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  return {
      {"SumTo", {}, {six, i64({2, 3})}, {six}},
      {"SumTo", {}, {six, i64({3})}, {any({3}, {5, 7, 9})}},
      {"SumTo", {}, {six, i64({2, 1})}, {any({2, 1}, {6, 15})}},
      {"SumTo", {}, {six, i64({1, 1})}, {any({1, 1}, {21})}},
      {"SumTo", {}, {six, i64({})}, {any({}, {21})}},
      {"SumTo", {}, {any({2, 1, 2}, {1, 2, 3, 4}), i64({1, 2})}, {any({1, 2}, {4, 6})}},
      {"SumTo", {}, {any({}, {3}), i64({})}, {any({}, {3})}},
      {"SumTo", {}, {any({0, 2}, {}), i64({2})}, {any({2}, {0, 0})}},
      {"SumTo", {}, {any({0, 2}, {}), i64({0, 1})}, {any({0, 1}, {})}},
  };
}

std::vector<OpCase> gathers() {
  return {
      {"GatherGradient", {}, {any({3}, {1, 2, 4}), places({3}, {1, 1, -3}), i64({3})}, {any({3}, {4, 3, 0})}},
      {"GatherGradient",
       {},
       {any({2, 2}, {1, 2, 3, 4}), typed(DType::int32, {2}, {2, 0}), i64({3, 2})},
       {any({3, 2}, {3, 4, 0, 0, 1, 2})}},
      {"GatherGradient",
       {{"axis", -1}},
       {any({2, 1, 2}, {1, 2, 3, 4}), places({1, 2}, {0, 0}), i64({2, 3})},
       {any({2, 3}, {3, 0, 0, 7, 0, 0})}},
      {"GatherGradient", {}, {any({2}, {5, 6}), places({}, {-1}), i64({2, 2})}, {any({2, 2}, {0, 0, 5, 6})}},
      {"GatherGradient", {}, {any({0, 2}, {}), places({0}, {}), i64({2, 2})}, {any({2, 2}, {0, 0, 0, 0})}},
  };
}

std::vector<OpCase> slices() {
  const Data four = any({2, 2}, {1, 2, 3, 4});
  return {
      {"SliceGradient", {}, {four, i64({2, 3}), i64({0, 1}), i64({2, 3})}, {any({2, 3}, {0, 1, 2, 0, 3, 4})}},
      {"SliceGradient",
       {},
       {four, i64({2, 3}), i64({-1}), i64({-9}), i64({-1}), i64({-2})},
       {any({2, 3}, {2, 0, 1, 4, 0, 3})}},
      {"SliceGradient",
       {},
       {any({1}, {7}), i64({3}), typed(DType::int32, {1}, {1}), typed(DType::int32, {1}, {2})},
       {any({3}, {0, 7, 0})}},
      {"SliceGradient", {}, {any({2, 0}, {}), i64({2, 1}), i64({1}), i64({1}), i64({1})}, {any({2, 1}, {0, 0})}},
  };
}

std::vector<OpCase> windows() {
  const auto kernel = [](std::vector<std::int64_t> k, Attributes more = {}) {
    more.push_back({"kernel_shape", std::move(k)});
    return more;
  };
  const Data line = any({1, 1, 4}, {1, 2, 3, 4}), weights = any({1, 1, 2}, {10, 1});
  const Attributes strided{{"strides", ints({2})}, {"pads", ints({1, 0})}};
  return {
      {"AveragePoolGradient", kernel({2}), {any({1, 1, 3}, {2, 4, 8}), i64({1, 1, 4})}, {any({1, 1, 4}, {1, 3, 6, 4})}},
      {"AveragePoolGradient",
       kernel({2}, {{"pads", ints({1, 0})}, {"strides", ints({2})}}),
       {any({1, 1, 2}, {2, 4}), i64({1, 1, 3})},
       {any({1, 1, 3}, {2, 2, 2})}},
      {"AveragePoolGradient",
       kernel({2}, {{"pads", ints({1, 0})}, {"strides", ints({2})}, {"count_include_pad", 1}}),
       {any({1, 1, 2}, {2, 4}), i64({1, 1, 3})},
       {any({1, 1, 3}, {1, 2, 2})}},
      {"AveragePoolGradient", kernel({2}), {any({0, 1, 3}, {}), i64({0, 1, 4})}, {any({0, 1, 4}, {})}},
      {"ConvGradient",
       {},
       {any({1, 1, 3}, {1, 2, 3}), line, weights},
       {any({1, 1, 4}, {10, 21, 32, 3}), any({1, 1, 2}, {14, 20})}},
      // Windows over [-1, 0] and [1, 2]; the last element of X is under none.
      {"ConvGradient",
       strided,
       {any({1, 1, 2}, {1, 2}), line, weights},
       {any({1, 1, 4}, {1, 20, 2, 0}), any({1, 1, 2}, {4, 7})}},
      {"ConvGradient",
       {{"auto_pad", "SAME_UPPER"}},
       {any({1, 1, 4}, {1, 2, 3, 4}), line, weights},
       {any({1, 1, 4}, {10, 21, 32, 43}), any({1, 1, 2}, {30, 20})}},
      {"ConvGradient",
       {{"group", 2}},
       {any({1, 2, 1}, {1, 2}), any({1, 2, 2}, {1, 2, 3, 4}), any({2, 1, 2}, {10, 1, 20, 2})},
       {any({1, 2, 2}, {10, 1, 40, 4}), any({2, 1, 2}, {1, 2, 6, 8})}},
      {"ConvGradient",
       {{"dilations", ints({2})}},
       {any({2, 1, 1}, {1, 2}), any({2, 1, 3}, {1, 2, 3, 4, 5, 6}), weights},
       {any({2, 1, 3}, {10, 0, 1, 20, 0, 2}), any({1, 1, 2}, {9, 15})}},
  };
}

// Two classes of equal probability, of which 0 is the blank: three of the four paths of two steps read as [1].
std::vector<OpCase> alignments() {
  const double half = std::log(0.5), all = std::log(0.75);
  const Data even = any({2, 1, 2}, {half, half, half, half});
  const Data one = places({1, 1}, {1}), both = i64({2});
  const double inf = std::numeric_limits<double>::infinity();
  return {
      {"CTCLoss", {}, {even, one, both, i64({1})}, {any({1}, {-all})}},
      {"CTCLoss", {}, {even, one, i64({1}), i64({1})}, {any({1}, {-half})}},
      {"CTCLoss", {}, {even, one, both, i64({0})}, {any({1}, {-2 * half})}},
      {"CTCLoss", {{"blank", std::int64_t{1}}}, {even, places({1, 1}, {0}), both, i64({1})}, {any({1}, {-all})}},
      {"CTCLoss", {}, {even, one, i64({0}), i64({1})}, {any({1}, {inf})}},
      {"CTCLoss", {{"zero_infinity", std::int64_t{1}}}, {even, one, i64({0}), i64({1})}, {any({1}, {0})}},
      {"CTCLoss", {}, {any({2, 0, 2}, {}), places({0, 1}, {}), i64({}), i64({})}, {any({0}, {})}},
      {"CTCLossGradient", {}, {even, one, both, i64({1}), any({1}, {3})}, {any({2, 1, 2}, {-1, -2, -1, -2})}},
      {"CTCLossGradient", {}, {even, one, i64({1}), i64({1}), any({1}, {3})}, {any({2, 1, 2}, {0, -3, 0, 0})}},
      {"CTCLossGradient",
       {{"zero_infinity", std::int64_t{1}}},
       {any({1, 1, 2}, {half, half}), places({1, 2}, {1, 1}), i64({1}), i64({2}), any({1}, {1})},
       {any({1, 1, 2}, {0, 0})}},
  };
}

// Of the first eight numbers for seed 1, the first and the third are below 1/4; in stream 1 the fifth and the last.
std::vector<OpCase> dropouts() {
  const Data x = any({2, 4}, {3, 6, 9, 12, 15, 18, 21, 24});
  const Data one = places({}, {1}), two = places({}, {2});
  const Attributes quarter{{"ratio", 0.25f}};
  return {
      {"SeededDropout", quarter, {x, one}, {any({2, 4}, {0, 8, 0, 16, 20, 24, 28, 32})}},
      {"SeededDropout", {{"ratio", 0.25f}, {"stream", 1}}, {x, one}, {any({2, 4}, {4, 8, 12, 16, 0, 24, 28, 0})}},
      {"SeededDropout", quarter, {x, two}, {any({2, 4}, {4, 8, 12, 0, 0, 24, 28, 32})}},
      {"SeededDropout", {{"ratio", 0.0f}}, {x, one}, {x}},
      {"SeededDropout", {}, {any({0, 2}, {}), one}, {any({0, 2}, {})}},
  };
}

}  // namespace

std::vector<OpCase> gradient_cases() {
  std::vector<OpCase> cases = sums();
  for (const auto& more : {gathers(), slices(), windows(), alignments(), dropouts()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
