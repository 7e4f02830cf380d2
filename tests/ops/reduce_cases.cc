// Cases of reductions.
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::vector<OpCase> reduce_cases() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  const Data eight = any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  return {
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
