// Cases of operators that move, repeat or convert elements.
#include <cstdint>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMost = 4611686018427387904.0;  // 2^62
constexpr double kLeast = -9223372036854775808.0;

AttrValue type(DType t) { return static_cast<std::int64_t>(t); }
AttrValue value(DType t, double v) { return std::make_shared<const Tensor>(*tensor_of(typed(t, {1}, {v}), t)); }

std::vector<OpCase> casts() {
  const auto f16 = DType::float16, f32 = DType::float32, f64 = DType::float64, b = DType::boolean;
  const auto i8 = DType::int8, i64t = DType::int64, u8 = DType::uint8;
  return {
      {"Cast", {{"to", type(f32)}}, {any({3}, {0, 1, 0})}, {typed(f32, {3}, {0, 1, 0})}},
      {"Cast", {{"to", type(f16)}}, {any({2}, {1, 100})}, {typed(f16, {2}, {1, 100})}},
      {"Cast", {{"to", type(DType::bfloat16)}}, {any({2}, {1, 96})}, {typed(DType::bfloat16, {2}, {1, 96})}},
      {"Cast", {{"to", type(b)}}, {any({3}, {0, 1, 5})}, {typed(b, {3}, {0, 1, 1})}},
      {"Cast", {{"to", type(b)}}, {typed(f32, {3}, {-0.0, 0.1, kNan})}, {typed(b, {3}, {0, 1, 1})}},
      {"Cast", {{"to", type(i64t)}}, {any({0}, {})}, {typed(i64t, {0}, {})}},
      {"Cast",
       {{"to", type(i8)}},
       {typed(f32, {5}, {-1.9, 1.9, 1000, -kInf, kNan})},
       {typed(i8, {5}, {-1, 1, 127, -128, 0})}},
      {"Cast", {{"to", type(i64t)}}, {typed(f64, {2}, {kMost, -kInf})}, {typed(i64t, {2}, {kMost, kLeast})}},
      {"Cast",
       {{"to", type(DType::int32)}},
       {typed(f32, {2}, {kInf, 7.9})},
       {typed(DType::int32, {2}, {2147483647, 7})}},
      {"CastLike", {}, {any({3}, {0, 1, 1}), typed(f16, {}, {9})}, {typed(f16, {3}, {0, 1, 1})}},
      {"CastLike", {}, {typed(f32, {3}, {-1.9, 300, kNan}), typed(i8, {0}, {})}, {typed(i8, {3}, {-1, 127, 0})}},
      {"CastLike", {}, {typed(f64, {0, 2}, {}), typed(b, {1}, {0})}, {typed(b, {0, 2}, {})}},
      {"CastLike", {{"saturate", 0}}, {any({2}, {0, 5}), typed(b, {1}, {0})}, {typed(b, {2}, {0, 1})}},
      {"Cast", {{"to", type(u8)}}, {typed(i64t, {2}, {-1, 257})}, {typed(u8, {2}, {255, 1})}},
      {"Cast",
       {{"to", type(f16)}},
       {typed(f32, {3}, {65519, 65520, 5.96046448e-8})},
       {typed(f16, {3}, {65504, kInf, 5.9604644775390625e-8})}},
      // Between two halves, above the middle by less than float32 sees: rounds up, and would not through float32.
      {"Cast", {{"to", type(f16)}}, {typed(f64, {1}, {1.0 + 0x1p-11 + 0x1p-40})}, {typed(f16, {1}, {1.0 + 0x1p-10})}},
  };
}

std::vector<OpCase> scatters() {
  const Data four = any({4}, {1, 2, 3, 4}), matrix = any({2, 2}, {1, 2, 3, 4});
  const auto rows = [](std::int64_t n, std::int64_t depth, std::vector<double> v) {
    return typed(DType::int64, {n, depth}, std::move(v));
  };
  const auto reduces = [](const char* how) { return Attributes{{"reduction", how}}; };
  return {
      {"ScatterND", {}, {four, rows(2, 1, {-1, 0}), any({2}, {9, 8})}, {any({4}, {8, 2, 3, 9})}},
      {"ScatterND", {}, {matrix, rows(1, 1, {1}), any({1, 2}, {9, 8})}, {any({2, 2}, {1, 2, 9, 8})}},
      {"ScatterND", {}, {matrix, rows(1, 2, {0, -1}), any({1}, {9})}, {any({2, 2}, {1, 9, 3, 4})}},
      {"ScatterND", {}, {matrix, rows(1, 0, {}), any({1, 2, 2}, {5, 6, 7, 8})}, {any({2, 2}, {5, 6, 7, 8})}},
      {"ScatterND", {}, {four, rows(0, 1, {}), any({0}, {})}, {four}},
      {"ScatterND", {}, {any({2}, {0, 1}), rows(1, 1, {1}), any({1}, {0})}, {any({2}, {0, 0})}},
      {"ScatterND", reduces("add"), {four, rows(2, 1, {1, 1}), any({2}, {10, 20})}, {any({4}, {1, 32, 3, 4})}},
      {"ScatterND", reduces("mul"), {four, rows(2, 1, {1, 1}), any({2}, {2, 3})}, {any({4}, {1, 12, 3, 4})}},
      {"ScatterND", reduces("max"), {four, rows(2, 1, {1, 3}), any({2}, {9, 1})}, {any({4}, {1, 9, 3, 4})}},
      {"ScatterND", reduces("min"), {four, rows(2, 1, {1, 3}), any({2}, {9, 1})}, {any({4}, {1, 2, 3, 1})}},
      {"ScatterND", reduces("add"), {any({2}, {0, 1}), rows(1, 1, {0}), any({1}, {1})}, {any({2}, {1, 1})}},
      {"ScatterND", reduces("mul"), {any({2}, {0, 1}), rows(1, 1, {1}), any({1}, {0})}, {any({2}, {0, 0})}},
  };
}

std::vector<OpCase> slices() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  return {
      {"Slice", {}, {six, i64({0, 1}), i64({2, 3})}, {any({2, 2}, {2, 3, 5, 6})}},
      {"Slice", {}, {six, i64({-2}), i64({kMost}), i64({-1})}, {any({2, 2}, {2, 3, 5, 6})}},
      {"Slice", {}, {six, i64({-1}), i64({kLeast}), i64({1}), i64({-1})}, {any({2, 3}, {3, 2, 1, 6, 5, 4})}},
      {"Slice", {}, {six, i64({2, 1}), i64({kLeast, kLeast}), i64({1, 0}), i64({-2, -1})}, {any({2, 2}, {6, 4, 3, 1})}},
      {"Slice", {}, {six, i64({kLeast}), i64({kMost}), i64({1}), i64({2})}, {any({2, 2}, {1, 3, 4, 6})}},
      {"Slice", {}, {six, i64({0}), i64({kMost}), i64({1}), i64({kMost})}, {any({2, 1}, {1, 4})}},
      {"Slice", {}, {six, i64({2}), i64({kLeast}), i64({1}), i64({kLeast})}, {any({2, 1}, {3, 6})}},
      {"Slice", {}, {six, i64({2}), i64({1}), i64({1})}, {any({2, 0}, {})}},
      {"Slice", {}, {any({0}, {}), i64({0}), i64({5}), absent(), i64({-1})}, {any({0}, {})}},
      {"Slice", {}, {six, i64({}), i64({})}, {six}},
      {"Slice", {}, {six, typed(DType::int32, {1}, {1}), typed(DType::int32, {1}, {2})}, {any({1, 3}, {4, 5, 6})}},
  };
}

std::vector<OpCase> triangles() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6}), tall = any({3, 2}, {1, 2, 3, 4, 5, 6});
  const auto scalar = [](double v) { return typed(DType::int64, {}, {v}); };
  const Attributes lower{{"upper", 0}};
  return {
      {"Trilu", {}, {six}, {any({2, 3}, {1, 2, 3, 0, 5, 6})}},
      {"Trilu", {}, {six, scalar(1)}, {any({2, 3}, {0, 2, 3, 0, 0, 6})}},
      {"Trilu", {}, {tall, scalar(-1)}, {any({3, 2}, {1, 2, 3, 4, 0, 6})}},
      {"Trilu", {}, {six, i64({3})}, {any({2, 3}, {0, 0, 0, 0, 0, 0})}},
      {"Trilu", {}, {six, scalar(kLeast)}, {six}},
      {"Trilu", lower, {six}, {any({2, 3}, {1, 0, 0, 4, 5, 0})}},
      {"Trilu", lower, {six, scalar(1)}, {any({2, 3}, {1, 2, 0, 4, 5, 6})}},
      {"Trilu", lower, {tall, scalar(-1)}, {any({3, 2}, {0, 0, 3, 0, 5, 6})}},
      {"Trilu", lower, {tall, scalar(-3)}, {any({3, 2}, {0, 0, 0, 0, 0, 0})}},
      {"Trilu", lower, {tall, scalar(2 * kMost - 1024)}, {tall}},
      {"Trilu", {}, {any({2, 2, 2}, {1, 1, 1, 1, 1, 1, 1, 1})}, {any({2, 2, 2}, {1, 1, 0, 1, 1, 1, 0, 1})}},
      {"Trilu", {}, {any({2, 0, 3}, {}), scalar(1)}, {any({2, 0, 3}, {})}},
      {"EyeLike", {}, {six}, {any({2, 3}, {1, 0, 0, 0, 1, 0})}},
      {"EyeLike", {{"k", 1}}, {six}, {any({2, 3}, {0, 1, 0, 0, 0, 1})}},
      {"EyeLike", {{"k", -1}}, {tall}, {any({3, 2}, {0, 0, 1, 0, 0, 1})}},
      {"EyeLike", {{"k", std::int64_t{1} << 62}}, {six}, {any({2, 3}, {0, 0, 0, 0, 0, 0})}},
      {"EyeLike", {{"k", INT64_MIN}}, {six}, {any({2, 3}, {0, 0, 0, 0, 0, 0})}},
      {"EyeLike", {{"dtype", type(DType::bfloat16)}}, {any({1, 2}, {0, 1})}, {typed(DType::bfloat16, {1, 2}, {1, 0})}},
      {"EyeLike", {{"dtype", type(DType::boolean)}}, {any({2, 1}, {0, 0})}, {typed(DType::boolean, {2, 1}, {1, 0})}},
      {"EyeLike", {}, {any({0, 3}, {})}, {any({0, 3}, {})}},
  };
}

std::vector<OpCase> drops() {
  const Data some = any({3}, {1, -2, 0.5}), all = typed(DType::boolean, {3}, {1, 1, 1});
  const Data on = typed(DType::boolean, {}, {1}), off = typed(DType::boolean, {}, {0});
  return {
      {"Dropout", {}, {some}, {some}},
      {"Dropout", {{"seed", 3}}, {some}, {some, all}},
      {"Dropout", {}, {some, typed(DType::float32, {}, {0.75}), off}, {some, all}},
      {"Dropout", {}, {some, typed(DType::float64, {}, {0}), on}, {some, all}},
      {"Dropout", {}, {some, typed(DType::float16, {1}, {0}), on}, {some}},
      {"Dropout", {}, {some, absent(), off}, {some}},
      {"Dropout", {}, {any({2, 0}, {})}, {any({2, 0}, {}), typed(DType::boolean, {2, 0}, {})}},
  };
}

}  // namespace

std::vector<OpCase> move_cases() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  const Data eight = any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  std::vector<OpCase> cases{
      {"Identity", {}, {six}, {six}},
      {"Identity", {}, {any({2}, {0, 1})}, {any({2}, {0, 1})}},
      {"Transpose", {}, {six}, {any({3, 2}, {1, 4, 2, 5, 3, 6})}},
      {"Transpose", {{"perm", ints({1, 0, 2})}}, {eight}, {any({2, 2, 2}, {1, 2, 5, 6, 3, 4, 7, 8})}},
      {"Transpose", {{"perm", ints({2, 0, 1})}}, {eight}, {any({2, 2, 2}, {1, 3, 5, 7, 2, 4, 6, 8})}},
      {"Transpose",
       {{"perm", ints({0, 2, 1, 3})}},
       {any({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
       {any({1, 2, 2, 2}, {1, 2, 5, 6, 3, 4, 7, 8})}},
      {"Transpose", {}, {any({}, {1})}, {any({}, {1})}},
      {"Transpose", {}, {any({0, 3}, {})}, {any({3, 0}, {})}},
      {"Split", {{"num_outputs", 2}}, {any({4}, {1, 2, 3, 4})}, {any({2}, {1, 2}), any({2}, {3, 4})}},
      {"Split", {{"num_outputs", 2}, {"axis", -1}}, {six}, {any({2, 2}, {1, 2, 4, 5}), any({2, 1}, {3, 6})}},
      {"Split",
       {{"num_outputs", 4}},
       {any({5}, {1, 2, 3, 4, 5})},
       {any({2}, {1, 2}), any({2}, {3, 4}), any({1}, {5}), any({0}, {})}},
      {"Split",
       {{"axis", 1}},
       {six, i64({1, 0, 2})},
       {any({2, 1}, {1, 4}), any({2, 0}, {}), any({2, 2}, {2, 3, 5, 6})}},
      {"Concat", {{"axis", 0}}, {any({1, 2}, {1, 2}), any({2, 2}, {3, 4, 5, 6})}, {any({3, 2}, {1, 2, 3, 4, 5, 6})}},
      {"Concat",
       {{"axis", -1}},
       {any({2, 1}, {1, 2}), any({2, 0}, {}), any({2, 2}, {3, 4, 5, 6})},
       {any({2, 3}, {1, 3, 4, 2, 5, 6})}},
      {"Concat", {{"axis", 0}}, {six}, {six}},
      {"Gather", {}, {any({3}, {1, 2, 3}), i64({-1, 0})}, {any({2}, {3, 1})}},
      {"Gather", {{"axis", 1}}, {six, typed(DType::int32, {1, 2}, {2, -3})}, {any({2, 1, 2}, {3, 1, 6, 4})}},
      {"Gather", {}, {six, typed(DType::int64, {}, {1})}, {any({3}, {4, 5, 6})}},
      {"Gather", {}, {any({0, 2}, {}), i64({})}, {any({0, 2}, {})}},
      {"Where",
       {},
       {typed(DType::boolean, {2, 1}, {1, 0}), any({2}, {1, 2}), any({}, {7})},
       {any({2, 2}, {1, 2, 7, 7})}},
      {"Where", {}, {typed(DType::boolean, {}, {0}), any({1}, {1}), any({1}, {0})}, {any({1}, {0})}},
      {"Expand", {}, {any({3, 1}, {1, 2, 3}), i64({2, 1, 2})}, {any({2, 3, 2}, {1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3})}},
      {"Expand", {}, {six, i64({1})}, {six}},
      {"Expand", {}, {any({1}, {1}), i64({0})}, {any({0}, {})}},
      {"Expand", {}, {any({}, {7}), i64({2})}, {any({2}, {7, 7})}},
      {"ConstantOfShape", {}, {i64({2, 1})}, {typed(DType::float32, {2, 1}, {0, 0})}},
      {"ConstantOfShape", {}, {i64({})}, {typed(DType::float32, {}, {0})}},
      {"ConstantOfShape", {{"value", value(DType::int64, -7)}}, {i64({2})}, {i64({-7, -7})}},
      {"ConstantOfShape", {{"value", value(DType::float16, 0.5)}}, {i64({1})}, {typed(DType::float16, {1}, {0.5})}},
      {"ConstantOfShape", {{"value", value(DType::boolean, 1)}}, {i64({0, 4})}, {typed(DType::boolean, {0, 4}, {})}},
  };
  for (const auto& more : {casts(), scatters(), slices(), triangles(), drops()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
