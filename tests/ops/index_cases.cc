// Cases of operators that pick elements by index, by condition or by rank.
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const Data kSix = any({2, 3}, {1, 2, 3, 4, 5, 6});
const Data kEight = any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});

Data places(std::vector<std::int64_t> shape, std::vector<double> values) {
  return typed(DType::int64, std::move(shape), std::move(values));
}
Data truths(std::vector<double> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return typed(DType::boolean, {n}, std::move(values));
}

std::vector<OpCase> gathers() {
  return {
      {"GatherND", {}, {kSix, places({2, 2}, {0, 0, -1, -1})}, {any({2}, {1, 6})}},
      {"GatherND", {}, {kSix, places({2, 1}, {1, -2})}, {any({2, 3}, {4, 5, 6, 1, 2, 3})}},
      {"GatherND", {}, {kEight, places({1, 2, 2}, {0, 1, 1, 0})}, {any({1, 2, 2}, {3, 4, 5, 6})}},
      {"GatherND", {}, {kSix, places({1}, {-1})}, {any({3}, {4, 5, 6})}},
      {"GatherND", {}, {kSix, places({2, 0}, {})}, {any({2, 2, 3}, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6})}},
      {"GatherND", {}, {kSix, places({0, 2}, {})}, {any({0}, {})}},
      {"GatherND", {{"batch_dims", 1}}, {kEight, places({2, 1}, {1, -2})}, {any({2, 2}, {3, 4, 5, 6})}},
      {"GatherND",
       {{"batch_dims", 1}},
       {kEight, places({2, 2, 1}, {1, 0, 1, 1})},
       {any({2, 2, 2}, {3, 4, 1, 2, 7, 8, 7, 8})}},
      {"GatherND", {{"batch_dims", 2}}, {kEight, places({2, 2, 1}, {0, 1, -1, 0})}, {any({2, 2}, {1, 4, 6, 7})}},
      {"GatherND", {{"batch_dims", 1}}, {any({0, 3}, {}), places({0, 1}, {})}, {any({0}, {})}},
      {"GatherND", {}, {any({2}, {0, 1}), places({2, 1}, {1, 1})}, {any({2}, {1, 1})}},
      {"GatherElements", {}, {kSix, places({1, 3}, {1, 0, -1})}, {any({1, 3}, {4, 2, 6})}},
      {"GatherElements", {{"axis", 1}}, {kSix, places({2, 2}, {-1, 0, 1, 1})}, {any({2, 2}, {3, 1, 5, 5})}},
      {"GatherElements",
       {{"axis", -1}},
       {kSix, typed(DType::int32, {2, 4}, {0, 0, 2, 1, 2, -3, -3, 0})},
       {any({2, 4}, {1, 1, 3, 2, 6, 4, 4, 4})}},
      {"GatherElements", {{"axis", 1}}, {kSix, places({1, 2}, {2, 0})}, {any({1, 2}, {3, 1})}},
      {"GatherElements", {{"axis", 1}}, {kEight, places({2, 1, 1}, {1, 0})}, {any({2, 1, 1}, {3, 5})}},
      {"GatherElements", {}, {any({0, 2}, {}), places({0, 2}, {})}, {any({0, 2}, {})}},
      {"GatherElements", {}, {any({2}, {1, 0}), places({3}, {0, 1, 0})}, {any({3}, {1, 0, 1})}},
  };
}

std::vector<OpCase> scatters() {
  const auto reduces = [](const char* how) { return Attributes{{"reduction", how}}; };
  const Data four = any({4}, {1, 2, 3, 4}), twice = places({3}, {1, -3, 0});
  return {
      {"ScatterElements", {}, {kSix, places({1, 2}, {1, 0}), any({1, 2}, {9, 8})}, {any({2, 3}, {1, 8, 3, 9, 5, 6})}},
      {"ScatterElements",
       {{"axis", 1}},
       {kSix, places({2, 1}, {-1, 0}), any({2, 1}, {9, 8})},
       {any({2, 3}, {1, 2, 9, 8, 5, 6})}},
      {"ScatterElements",
       {{"axis", -1}},
       {kEight, typed(DType::int32, {1, 2, 1}, {1, 0}), any({1, 2, 1}, {9, 0})},
       {any({2, 2, 2}, {1, 9, 0, 4, 5, 6, 7, 8})}},
      {"ScatterElements", {}, {four, places({0}, {}), any({0}, {})}, {four}},
      {"ScatterElements", {}, {any({0}, {}), places({0}, {}), any({0}, {})}, {any({0}, {})}},
      {"ScatterElements", {}, {any({2}, {0, 1}), places({1}, {1}), any({1}, {0})}, {any({2}, {0, 0})}},
      {"ScatterElements", reduces("add"), {four, twice, any({3}, {10, 20, 5})}, {any({4}, {6, 32, 3, 4})}},
      {"ScatterElements", reduces("mul"), {four, twice, any({3}, {2, 3, 5})}, {any({4}, {5, 12, 3, 4})}},
      {"ScatterElements", reduces("max"), {four, twice, any({3}, {9, 1, 0})}, {any({4}, {1, 9, 3, 4})}},
      {"ScatterElements", reduces("min"), {four, twice, any({3}, {9, 1, 0})}, {any({4}, {0, 1, 3, 4})}},
      {"ScatterElements",
       reduces("max"),
       {typed(DType::float32, {2}, {kNan, 1}), places({2}, {0, 1}), typed(DType::float32, {2}, {1, kNan})},
       {typed(DType::float32, {2}, {kNan, kNan})}},
      {"ScatterElements", reduces("add"), {any({2}, {0, 1}), places({1}, {0}), any({1}, {1})}, {any({2}, {1, 1})}},
      {"ScatterElements",
       reduces("add"),
       {typed(DType::int8, {1}, {127}), places({1}, {0}), typed(DType::int8, {1}, {2})},
       {typed(DType::int8, {1}, {-127})}},
  };
}

std::vector<OpCase> ranks() {
  const Data k2 = i64({2}), mixed = any({5}, {3, 1, 5, 5, 2});
  const auto least = [](std::int64_t axis) { return Attributes{{"largest", 0}, {"axis", axis}}; };
  return {
      {"TopK", {}, {mixed, i64({3})}, {any({3}, {5, 5, 3}), i64({2, 3, 0})}},
      {"TopK", least(0), {mixed, i64({3})}, {any({3}, {1, 2, 3}), i64({1, 4, 0})}},
      {"TopK", {{"sorted", 0}}, {any({2}, {4, 7}), k2}, {any({2}, {7, 4}), i64({1, 0})}},
      {"TopK", {{"axis", 0}}, {kSix, i64({1})}, {any({1, 3}, {4, 5, 6}), places({1, 3}, {1, 1, 1})}},
      {"TopK", {{"axis", -1}}, {kSix, k2}, {any({2, 2}, {3, 2, 6, 5}), places({2, 2}, {2, 1, 2, 1})}},
      {"TopK", least(1), {kEight, i64({1})}, {any({2, 1, 2}, {1, 2, 5, 6}), places({2, 1, 2}, {0, 0, 0, 0})}},
      {"TopK", {}, {kSix, i64({0})}, {any({2, 0}, {}), places({2, 0}, {})}},
      {"TopK", {}, {any({0, 3}, {}), k2}, {any({0, 2}, {}), places({0, 2}, {})}},
      {"TopK", {}, {any({3}, {1, 1, 1}), k2}, {any({2}, {1, 1}), i64({0, 1})}},
      {"TopK",
       {},
       {typed(DType::float32, {4}, {1, kNan, kInf, kNan}), i64({4})},
       {typed(DType::float32, {4}, {kNan, kNan, kInf, 1}), i64({1, 3, 2, 0})}},
      {"TopK",
       least(0),
       {typed(DType::float16, {4}, {1, kNan, -kInf, -2}), i64({4})},
       {typed(DType::float16, {4}, {-kInf, -2, 1, kNan}), i64({2, 3, 0, 1})}},
      {"TopK",
       {},
       {typed(DType::uint64, {3}, {1, 18446744073709549568.0, 9223372036854775808.0}), k2},
       {typed(DType::uint64, {2}, {18446744073709549568.0, 9223372036854775808.0}), i64({1, 2})}},
  };
}

std::vector<OpCase> conditions() {
  return {
      {"Compress", {{"axis", 0}}, {kSix, truths({0, 1})}, {any({1, 3}, {4, 5, 6})}},
      {"Compress", {{"axis", -1}}, {kSix, truths({1, 0, 1})}, {any({2, 2}, {1, 3, 4, 6})}},
      {"Compress", {{"axis", 1}}, {kSix, truths({0, 1})}, {any({2, 1}, {2, 5})}},
      {"Compress", {}, {kSix, truths({0, 1, 0, 0, 1})}, {any({2}, {2, 5})}},
      {"Compress", {}, {kSix, truths({})}, {any({0}, {})}},
      {"Compress", {{"axis", 0}}, {any({0, 2}, {}), truths({})}, {any({0, 2}, {})}},
      {"Compress", {}, {any({2}, {0, 1}), truths({1, 1, 0})}, {any({2}, {0, 1})}},
      {"NonZero", {}, {any({2, 2}, {1, 0, 1, 1})}, {places({2, 3}, {0, 1, 1, 0, 0, 1})}},
      {"NonZero", {}, {any({1, 2, 2}, {0, 2, 0, 3})}, {places({3, 2}, {0, 0, 0, 1, 1, 1})}},
      {"NonZero", {}, {any({3}, {0, 0, 0})}, {places({1, 0}, {})}},
      {"NonZero", {}, {any({0, 2}, {})}, {places({2, 0}, {})}},
      {"NonZero", {}, {any({}, {1})}, {places({0, 1}, {})}},
      {"NonZero", {}, {any({}, {0})}, {places({0, 0}, {})}},
      {"NonZero", {}, {typed(DType::float16, {3}, {kNan, -0.0, -kInf})}, {places({1, 2}, {0, 2})}},
      {"OneHot", {}, {any({2}, {2, 0}), places({}, {3}), any({2}, {5, 9})}, {any({2, 3}, {5, 5, 9, 9, 5, 5})}},
      {"OneHot", {{"axis", 0}}, {any({2}, {2, 0}), i64({3}), any({2}, {5, 9})}, {any({3, 2}, {5, 9, 5, 5, 9, 5})}},
      {"OneHot",
       {{"axis", -2}},
       {typed(DType::int64, {1, 3}, {-1, 2, -3}), typed(DType::float32, {}, {2}), typed(DType::boolean, {2}, {0, 1})},
       {typed(DType::boolean, {1, 2, 3}, {0, 0, 0, 1, 0, 0})}},
      {"OneHot", {}, {typed(DType::uint8, {}, {1}), i64({2}), any({2}, {1, 0})}, {any({2}, {1, 0})}},
      {"OneHot", {}, {places({2}, {0, 1}), i64({0}), any({2}, {0, 1})}, {any({2, 0}, {})}},
      {"OneHot",
       {},
       {typed(DType::float32, {4}, {1.9, kNan, kInf, -0.5}), i64({2}), any({2}, {0, 1})},
       {any({4, 2}, {0, 1, 0, 0, 0, 0, 1, 0})}},
  };
}

std::vector<OpCase> sequences() {
  const auto f32 = DType::float32;
  const auto number = [](DType type, double v) { return typed(type, {}, {v}); };
  return {
      {"Range", {}, {any({}, {1}), any({}, {6}), any({}, {2})}, {any({3}, {1, 3, 5})}},
      {"Range", {}, {any({}, {6}), any({}, {1}), any({}, {-2})}, {any({3}, {6, 4, 2})}},
      {"Range", {}, {any({1}, {1}), any({}, {1}), any({}, {-2})}, {any({0}, {})}},
      {"Range", {}, {any({}, {3}), any({}, {1}), any({}, {1})}, {any({0}, {})}},
      {"Range", {}, {number(f32, 0), number(f32, 1), number(f32, 0.25)}, {typed(f32, {4}, {0, 0.25, 0.5, 0.75})}},
      {"Range",
       {},
       {number(DType::int16, 32760), number(DType::int16, 32767), number(DType::int16, 5)},
       {typed(DType::int16, {2}, {32760, 32765})}},
      {"Range",
       {},
       {number(DType::int64, -9223372036854775808.0), number(DType::int64, 9223372036854774784.0),
        number(DType::int64, 4611686018427387904.0)},
       {i64({-9223372036854775808.0, -4611686018427387904.0, 0, 4611686018427387904.0})}},
      {"Tile", {}, {kSix, i64({2, 1})}, {any({4, 3}, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6})}},
      {"Tile", {}, {kSix, i64({1, 2})}, {any({2, 6}, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6})}},
      {"Tile", {}, {any({2, 1}, {1, 2}), i64({2, 3})}, {any({4, 3}, {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2})}},
      {"Tile", {}, {kSix, i64({0, 2})}, {any({0, 6}, {})}},
      {"Tile", {}, {any({0, 3}, {}), i64({2, 2})}, {any({0, 6}, {})}},
      {"Tile", {}, {any({}, {1}), i64({})}, {any({}, {1})}},
      {"Tile", {}, {any({2, 2, 1}, {0, 1, 1, 0}), i64({1, 2, 1})}, {any({2, 4, 1}, {0, 1, 0, 1, 1, 0, 1, 0})}},
      {"ReverseSequence", {}, {any({3, 2}, {1, 2, 3, 4, 5, 6}), i64({3, 2})}, {any({3, 2}, {5, 4, 3, 2, 1, 6})}},
      {"ReverseSequence",
       {{"batch_axis", 0}, {"time_axis", 1}},
       {any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), i64({2, 0})},
       {any({2, 2, 2}, {3, 4, 1, 2, 5, 6, 7, 8})}},
      {"ReverseSequence", {}, {any({0, 2}, {}), i64({0, 0})}, {any({0, 2}, {})}},
      {"ReverseSequence", {}, {any({2, 1}, {0, 1}), i64({2})}, {any({2, 1}, {1, 0})}},
  };
}

}  // namespace

std::vector<OpCase> index_cases() {
  std::vector<OpCase> cases;
  for (const auto& more : {gathers(), scatters(), ranks(), conditions(), sequences()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

std::vector<BadCase> bad_index_cases() {
  const auto number = [](double v) { return any({}, {v}); };
  const auto last = [](double v) { return typed(DType::int64, {1}, {v}); };
  return {
      {"GatherND", {}, {kSix, places({1, 2}, {0, 3})}, "axis 1 of data has size 3"},
      {"GatherND", {}, {kSix, places({2, 1}, {0, -3})}, "out of range at element 1"},
      {"GatherND", {}, {kSix, places({1, 3}, {0, 0, 0})}, "more entries"},
      {"GatherND", {}, {kSix, places({}, {0})}, "indices is a scalar"},
      {"GatherND", {{"batch_dims", -1}}, {kSix, places({1, 1}, {0})}, "batch_dims is out of range"},
      {"GatherND", {{"batch_dims", 1}}, {kSix, places({1}, {0})}, "batch_dims is out of range"},
      {"GatherND", {{"batch_dims", 1}}, {kSix, places({3, 1}, {0, 0, 0})}, "differ in batch dim 0"},
      {"GatherND", {{"batch_dims", 1}}, {kEight, places({2, 1}, {0, 2})}, "axis 1 of data has size 2"},
      {"GatherElements", {}, {kSix, places({1, 3}, {0, 0, 2})}, "out of range at element 2"},
      {"GatherElements", {{"axis", 2}}, {kSix, places({1, 3}, {0, 0, 0})}, "axis is out of range"},
      {"GatherElements", {}, {kSix, places({1, 4}, {0, 0, 0, 0})}, "does not fit data"},
      {"GatherElements", {}, {kSix, i64({0})}, "does not fit data"},
      {"GatherElements", {}, {any({}, {1}), places({}, {0})}, "scalar"},
      {"GatherElements", {}, {any({0}, {}), i64({0})}, "size 0"},
      {"ScatterElements", {}, {kSix, places({1, 1}, {2}), any({1, 1}, {9})}, "out of range at element 0"},
      {"ScatterElements", {}, {kSix, places({1, 1}, {0}), any({1, 2}, {9, 9})}, "updates has the wrong shape"},
      {"ScatterElements", {{"axis", 1}}, {kSix, places({3, 1}, {0, 0, 0}), any({3, 1}, {9, 9, 9})}, "does not fit"},
      {"ScatterElements", {{"reduction", "avg"}}, {kSix, places({1, 1}, {0}), any({1, 1}, {9})}, "no such reduction"},
      {"TopK", {}, {kSix, i64({4})}, "more than there are", 2},
      {"TopK", {}, {kSix, i64({-1})}, "negative", 2},
      {"TopK", {}, {kSix, i64({1, 1})}, "must be one element", 2},
      {"TopK", {{"axis", 2}}, {kSix, i64({1})}, "axis is out of range", 2},
      {"TopK", {}, {any({}, {1}), i64({1})}, "scalar", 2},
      {"Compress", {{"axis", 0}}, {kSix, truths({0, 0, 1})}, "true at element 2"},
      {"Compress", {}, {kSix, truths({0, 0, 0, 0, 0, 0, 1})}, "true at element 6"},
      {"Compress", {{"axis", 2}}, {kSix, truths({1})}, "axis is out of range"},
      {"Compress", {}, {kSix, typed(DType::boolean, {1, 1}, {1})}, "must be a list"},
      {"OneHot", {}, {i64({0}), i64({-1}), any({2}, {0, 1})}, "depth is negative"},
      {"OneHot", {}, {i64({0}), i64({1, 1}), any({2}, {0, 1})}, "must be one element"},
      {"OneHot", {}, {i64({0}), i64({1}), any({3}, {0, 1, 2})}, "off and the on value"},
      {"OneHot", {}, {i64({0}), i64({1}), any({}, {0})}, "wrong number of dims"},
      {"OneHot", {{"axis", 2}}, {i64({0}), i64({1}), any({2}, {0, 1})}, "axis is out of range"},
      {"Range", {}, {number(0), number(1), number(0)}, "delta is 0"},
      {"Range", {}, {number(0), number(kInf), number(1)}, "must be finite"},
      {"Range", {}, {number(kNan), number(1), number(1)}, "must be finite"},
      {"Range", {}, {number(0), number(3e38), number(1e-38)}, "too many elements"},
      {"Range", {}, {any({2}, {0, 0}), number(1), number(1)}, "must be one element"},
      {"Range", {}, {last(-9223372036854775808.0), last(4e18), last(1)}, "too many elements"},
      {"Tile", {}, {kSix, i64({1})}, "wrong length"},
      {"Tile", {}, {kSix, i64({1, -1})}, "negative"},
      {"Tile", {}, {kSix, i64({1, 4e18})}, "overflows"},
      {"Tile", {}, {kSix, places({2, 1}, {1, 1})}, "must be a list"},
      {"ReverseSequence", {}, {kSix, i64({1, 2, 3})}, "wrong length at element 2"},
      {"ReverseSequence", {}, {kSix, i64({1, -1, 1})}, "wrong length at element 1"},
      {"ReverseSequence", {}, {kSix, i64({1, 1})}, "wrong size"},
      {"ReverseSequence", {}, {any({2}, {1, 2}), i64({1, 1})}, "no batch and time axes"},
      {"ReverseSequence", {{"batch_axis", 2}}, {kSix, i64({1, 1, 1})}, "batch_axis is out of range"},
      {"ReverseSequence", {{"time_axis", 1}}, {kSix, i64({1, 1, 1})}, "the same axis"},
  };
}

}  // namespace rondo::test
