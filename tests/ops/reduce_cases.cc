// Cases of reductions.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::vector<OpCase> reduce_cases() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  const Data eight = any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Data nothing = typed(DType::float32, {0}, {}), no_int = typed(DType::int32, {0}, {});
  const auto one = [](DType t, double v) { return typed(t, {1}, {v}); };
  const auto f32 = DType::float32, i32 = DType::int32, b = DType::boolean;
  return {
      {"ReduceMax", {{"keepdims", 0}}, {six, i64({0})}, {any({3}, {4, 5, 6})}},
      {"ReduceMax", {}, {typed(b, {2, 2}, {0, 0, 0, 1}), i64({1})}, {typed(b, {2, 1}, {0, 1})}},
      {"ReduceMax", {}, {typed(f32, {3}, {1, kNan, 2})}, {one(f32, kNan)}},
      {"ReduceMax", {}, {nothing}, {one(f32, -kInf)}},
      {"ReduceMax", {}, {no_int}, {one(i32, -2147483648.0)}},
      {"ReduceMin", {{"keepdims", 0}}, {six, i64({-1})}, {any({2}, {1, 4})}},
      {"ReduceMin", {}, {typed(b, {2, 2}, {0, 1, 1, 1}), i64({1})}, {typed(b, {2, 1}, {0, 1})}},
      {"ReduceMin", {}, {typed(b, {0}, {})}, {one(b, 1)}},
      {"ReduceMin", {}, {nothing}, {one(f32, kInf)}},
      {"ReduceProd", {}, {six}, {any({1, 1}, {720})}},
      {"ReduceProd", {}, {nothing}, {one(f32, 1)}},
      {"ReduceL1", {}, {any({3}, {-1, 2, -3})}, {any({1}, {6})}},
      {"ReduceL1", {}, {any({3}, {1, 2, 3})}, {any({1}, {6})}},
      {"ReduceL2", {}, {any({2}, {3, 4})}, {any({1}, {5})}},
      {"ReduceL2", {{"noop_with_empty_axes", 1}}, {any({2}, {-3, 4})}, {any({2}, {3, 4})}},
      {"ReduceSumSquare", {{"keepdims", 0}}, {six, i64({1})}, {any({2}, {14, 77})}},
      {"ReduceLogSum", {}, {any({2}, {1, 1})}, {any({1}, {std::log(2.0)})}},
      {"ReduceLogSum", {}, {nothing}, {one(f32, -kInf)}},
      {"ReduceLogSumExp", {}, {any({3}, {1000, 0, 1000})}, {any({1}, {1000 + std::log(2.0)})}},
      {"ReduceLogSumExp", {}, {any({2}, {-kInf, -kInf})}, {any({1}, {-kInf})}},
      {"ReduceLogSumExp", {}, {any({3}, {-kInf, kInf, 1})}, {any({1}, {kInf})}},
      {"ReduceLogSumExp", {}, {nothing}, {one(f32, -kInf)}},
      {"ArgMax", {}, {six}, {typed(DType::int64, {1, 3}, {1, 1, 1})}},
      {"ArgMax", {{"axis", -1}, {"keepdims", 0}}, {any({2, 3}, {1, 3, 3, 2, 2, 1})}, {i64({1, 0})}},
      {"ArgMax",
       {{"axis", 1}, {"keepdims", 0}, {"select_last_index", 1}},
       {any({2, 3}, {1, 3, 3, 2, 2, 1})},
       {i64({2, 1})}},
      {"ArgMax", {}, {typed(f32, {4}, {1, kNan, 9, kNan})}, {i64({1})}},
      {"ArgMax", {{"select_last_index", 1}}, {typed(f32, {4}, {1, kNan, 9, kNan})}, {i64({3})}},
      {"ArgMax", {{"axis", 1}}, {any({0, 3}, {})}, {typed(DType::int64, {0, 1}, {})}},
      {"ArgMin",
       {{"axis", 1}, {"keepdims", 0}},
       {any({2, 3, 2}, {3, 1, 1, 3, 2, 2, 5, 5, 5, 5, 4, 5})},
       {typed(DType::int64, {2, 2}, {1, 0, 2, 0})}},
      {"ReduceSum", {}, {six}, {any({1, 1}, {21})}},
      {"ReduceSum", {{"keepdims", 0}}, {six}, {any({}, {21})}},
      {"ReduceSum", {}, {six, i64({0})}, {any({1, 3}, {5, 7, 9})}},
      {"ReduceSum", {{"keepdims", 0}}, {six, i64({-1})}, {any({2}, {6, 15})}},
      {"ReduceSum", {{"keepdims", 0}}, {eight, i64({0, 2})}, {any({2}, {14, 22})}},
      {"ReduceSum", {{"keepdims", 0}}, {eight, i64({1})}, {any({2, 2}, {4, 6, 12, 14})}},
      {"ReduceSum", {{"noop_with_empty_axes", 1}}, {six}, {six}},
      {"ReduceSum", {{"noop_with_empty_axes", 1}, {"keepdims", 0}}, {six, i64({})}, {six}},
      {"ReduceSum", {}, {six, i64({})}, {any({1, 1}, {21})}},
      {"ReduceSum", {{"keepdims", 0}}, {any({2, 0}, {}), i64({1})}, {any({2}, {0, 0})}},
      {"ReduceSum", {}, {any({0, 2}, {}), i64({1})}, {any({0, 1}, {})}},
      {"ReduceSum", {}, {any({}, {5})}, {any({}, {5})}},
      {"ReduceMean", {{"keepdims", 0}}, {six, i64({0})}, {any({3}, {2.5, 3.5, 4.5})}},
      {"ReduceMean", {}, {six, i64({1})}, {any({2, 1}, {2, 5})}},
      {"ReduceMean", {}, {typed(DType::int64, {2}, {-1, -2})}, {typed(DType::int64, {1}, {-1})}},
      {"ReduceMean", {}, {typed(DType::float32, {0}, {})}, {typed(DType::float32, {1}, {kNan})}},
  };
}

}  // namespace rondo::test
