// Cases of operators that only give the same elements another shape, and of those that tell a shape.
#include "op_case.h"

namespace rondo::test {

std::vector<OpCase> shape_cases() {
  const std::vector<double> six{1, 2, 3, 4, 5, 6};
  return {
      {"Reshape", {}, {any({2, 3}, six), i64({3, 2})}, {any({3, 2}, six)}},
      {"Reshape", {}, {any({2, 3}, six), i64({-1})}, {any({6}, six)}},
      {"Reshape", {}, {any({2, 3}, six), i64({0, 1, -1})}, {any({2, 1, 3}, six)}},
      {"Reshape", {}, {any({1, 2, 3}, six), i64({0, 0, -1, 1})}, {any({1, 2, 3, 1}, six)}},
      {"Reshape", {}, {any({1}, {4}), i64({})}, {any({}, {4})}},
      {"Reshape", {}, {any({0, 1, 2, 3}, {}), i64({0, 0, -1})}, {any({0, 1, 6}, {})}},
      {"Reshape", {}, {any({2, 0}, {}), i64({-1, 5})}, {any({0, 5}, {})}},
      {"Reshape", {{"allowzero", 1}}, {any({0, 3}, {}), i64({3, 4, 0})}, {any({3, 4, 0}, {})}},
      {"Squeeze", {}, {any({1, 2, 1, 3}, six)}, {any({2, 3}, six)}},
      {"Squeeze", {}, {any({1, 2, 1, 3}, six), i64({0, -2})}, {any({2, 3}, six)}},
      {"Squeeze", {}, {any({2, 3}, six), i64({})}, {any({2, 3}, six)}},
      {"Squeeze", {}, {any({1}, {1}), i64({0})}, {any({}, {1})}},
      {"Unsqueeze", {}, {any({2, 3}, six), i64({0, -1})}, {any({1, 2, 3, 1}, six)}},
      {"Unsqueeze", {}, {any({2, 3}, six), i64({2, 1})}, {any({2, 1, 1, 3}, six)}},
      {"Unsqueeze", {}, {any({}, {1}), i64({0})}, {any({1}, {1})}},
      {"Flatten", {}, {any({1, 2, 3}, six)}, {any({1, 6}, six)}},
      {"Flatten", {{"axis", 0}}, {any({2, 3}, six)}, {any({1, 6}, six)}},
      {"Flatten", {{"axis", 2}}, {any({2, 3}, six)}, {any({6, 1}, six)}},
      {"Flatten", {{"axis", -1}}, {any({1, 2, 3}, six)}, {any({2, 3}, six)}},
      {"Flatten", {}, {any({0, 3}, {})}, {any({0, 3}, {})}},
      {"Size", {}, {any({2, 3}, six)}, {typed(DType::int64, {}, {6})}},
      {"Size", {}, {any({0, 3}, {})}, {typed(DType::int64, {}, {0})}},
      {"Shape", {}, {any({2, 3}, six)}, {i64({2, 3})}},
      {"Shape", {}, {any({}, {1})}, {i64({})}},
      {"Shape", {{"start", -1}}, {any({2, 3}, six)}, {i64({3})}},
      {"Shape", {{"start", -9}, {"end", 1}}, {any({2, 3}, six)}, {i64({2})}},
      {"Shape", {{"start", 2}, {"end", 1}}, {any({2, 3}, six)}, {i64({})}},
  };
}

}  // namespace rondo::test
