// Cases of elementwise functions, comparisons, logic and folds of several inputs.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeast32 = -2147483648.0;

Data f32(std::vector<double> v) {
  const auto n = static_cast<std::int64_t>(v.size());
  return typed(DType::float32, {n}, std::move(v));
}
Data i32(std::vector<double> v) {
  const auto n = static_cast<std::int64_t>(v.size());
  return typed(DType::int32, {n}, std::move(v));
}
Data truth(std::vector<double> v) {
  const auto n = static_cast<std::int64_t>(v.size());
  return typed(DType::boolean, {n}, std::move(v));
}

std::vector<OpCase> functions() {
  const Data some = any({4}, {-2.5, -0.5, 0.5, 3});
  return {
      {"Exp", {}, {any({2}, {0, 1})}, {any({2}, {1, std::exp(1.0)})}},
      {"Exp", {}, {any({2}, {-kInf, kInf})}, {any({2}, {0, kInf})}},
      {"Log", {}, {any({3}, {1, 2, 0})}, {any({3}, {0, std::log(2.0), -kInf})}},
      {"Reciprocal", {}, {any({3}, {4, -2, 0})}, {any({3}, {0.25, -0.5, kInf})}},
      {"Floor", {}, {some}, {any({4}, {-3, -1, 0, 3})}},
      {"Ceil", {}, {some}, {any({4}, {-2, 0, 1, 3})}},
      {"Round", {}, {any({5}, {0.5, 1.5, 2.5, -2.5, 1.25})}, {any({5}, {0, 2, 2, -2, 1})}},
      {"Neg", {}, {any({3}, {-1, 0, 5})}, {any({3}, {1, 0, -5})}},
      {"Neg", {}, {i32({kLeast32})}, {i32({kLeast32})}},
      {"Abs", {}, {any({3}, {-1, 0, 5})}, {any({3}, {1, 0, 5})}},
      {"Abs", {}, {any({2}, {1, 5})}, {any({2}, {1, 5})}},
      {"Abs", {}, {i32({kLeast32})}, {i32({kLeast32})}},
      {"Sign", {}, {any({3}, {-7, 0, 5})}, {any({3}, {-1, 0, 1})}},
      {"Sign", {}, {any({2}, {0, 5})}, {any({2}, {0, 1})}},
      {"Sign", {}, {any({1}, {kNan})}, {any({1}, {kNan})}},
      {"Erf", {}, {any({2}, {0.5, -1})}, {any({2}, {std::erf(0.5), std::erf(-1.0)})}},
      {"Erf", {}, {any({2}, {0, 7})}, {any({2}, {0, std::erf(7.0)})}},
      {"HardSwish", {}, {any({5}, {-4, -1.5, 0, 1.5, 6})}, {any({5}, {0, -0.375, 0, 1.125, 6})}},
      {"HardSwish", {}, {f32({kNan, kInf, -kInf})}, {f32({kNan, kInf, kNan})}},
      {"HardSwish", {}, {any({0, 2}, {})}, {any({0, 2}, {})}},
      {"LeakyRelu", {{"alpha", 0.5f}}, {some}, {any({4}, {-1.25, -0.25, 0.5, 3})}},
      {"PRelu", {}, {any({2, 2}, {-1, 2, -3, 4}), any({2, 1}, {2, 10})}, {any({2, 2}, {-2, 2, -30, 4})}},
      {"Clip", {}, {any({4}, {0, 1, 2, 3}), any({}, {1}), any({}, {2})}, {any({4}, {1, 1, 2, 2})}},
      {"Clip", {}, {any({2}, {0, 5}), absent(), any({1}, {2})}, {any({2}, {0, 2})}},
      {"Clip", {}, {any({2}, {0, 5}), any({}, {3})}, {any({2}, {3, 5})}},
      {"Clip", {}, {any({2}, {0, 5}), any({}, {3}), any({}, {1})}, {any({2}, {1, 1})}},
      {"Clip", {}, {f32({kNan, kInf})}, {f32({kNan, kInf})}},
  };
}

std::vector<OpCase> pairs() {
  const Data a = any({3}, {1, 2, 3}), two = any({}, {2});
  return {
      {"Less", {}, {a, two}, {truth({1, 0, 0})}},
      {"LessOrEqual", {}, {a, two}, {truth({1, 1, 0})}},
      {"Greater", {}, {a, two}, {truth({0, 0, 1})}},
      {"GreaterOrEqual", {}, {a, two}, {truth({0, 1, 1})}},
      {"LessOrEqual", {}, {f32({kNan, 1}), f32({kNan, kInf})}, {truth({0, 1})}},
      {"Not", {}, {truth({0, 1})}, {truth({1, 0})}},
      {"And", {}, {truth({0, 0, 1, 1}), truth({0, 1, 0, 1})}, {truth({0, 0, 0, 1})}},
      {"Or", {}, {truth({0, 0, 1, 1}), truth({0, 1, 0, 1})}, {truth({0, 1, 1, 1})}},
      {"Xor", {}, {truth({0, 0, 1, 1}), truth({0, 1, 0, 1})}, {truth({0, 1, 1, 0})}},
      {"And",
       {},
       {truth({0, 1}), typed(DType::boolean, {2, 1}, {0, 1})},
       {typed(DType::boolean, {2, 2}, {0, 0, 0, 1})}},
      {"Mod", {}, {i32({-7, 7, -7, 7, kLeast32}), i32({3, -3, -3, 3, -1})}, {i32({2, -2, -1, 1, 0})}},
      {"Mod", {{"fmod", 1}}, {i32({-7, 7, kLeast32}), i32({3, -3, -1})}, {i32({-1, 1, 0})}},
      {"Mod", {{"fmod", 1}}, {any({3}, {7, 8, 9}), any({}, {4})}, {any({3}, {3, 0, 1})}},
      {"Mod", {{"fmod", 1}}, {f32({-4.5, 4.5, 1}), f32({2, -2, 0})}, {f32({-0.5, 0.5, kNan})}},
      {"Max", {}, {any({2, 1}, {1, 5}), any({3}, {0, 2, 7}), any({}, {1})}, {any({2, 3}, {1, 2, 7, 5, 5, 7})}},
      {"Min", {}, {any({2, 1}, {1, 5}), any({3}, {0, 2, 7})}, {any({2, 3}, {0, 1, 1, 0, 2, 5})}},
      {"Max", {}, {a}, {a}},
      {"Max", {}, {f32({kNan, 1}), f32({1, kNan})}, {f32({kNan, kNan})}},
      {"Min", {}, {f32({kNan, 1}), f32({1, kNan})}, {f32({kNan, kNan})}},
      {"Sum", {}, {any({2, 1}, {1, 2}), any({2}, {10, 20}), any({1, 1}, {100})}, {any({2, 2}, {111, 121, 112, 122})}},
      {"Mean", {}, {any({2}, {1, 2}), any({}, {3})}, {any({2}, {2, 2.5})}},
      {"Mean", {}, {any({0}, {}), any({}, {3})}, {any({0}, {})}},
  };
}

}  // namespace

std::vector<OpCase> function_cases() {
  std::vector<OpCase> cases = functions();
  for (OpCase& c : pairs()) cases.push_back(std::move(c));
  return cases;
}

}  // namespace rondo::test
