// Cases of elementwise operators.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeast32 = -2147483648.0;

std::vector<double> mapped(double (*f)(double), std::vector<double> x) {
  for (double& v : x) v = f(v);
  return x;
}
double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

std::vector<OpCase> arithmetic_cases() {
  const std::vector<double> some{-2.5, -1, 0, 0.5, 3};
  const auto floats = [](std::vector<double> v) {
    const auto n = static_cast<std::int64_t>(v.size());
    return typed(DType::float32, {n}, std::move(v));
  };
  return {
      {"Add", {}, {any({2, 3}, {1, 2, 3, 4, 5, 6}), any({3}, {10, 20, 30})}, {any({2, 3}, {11, 22, 33, 14, 25, 36})}},
      {"Add", {}, {any({}, {1}), any({}, {2})}, {any({}, {3})}},
      {"Add", {}, {any({2, 1}, {1, 2}), any({1, 3}, {10, 20, 30})}, {any({2, 3}, {11, 21, 31, 12, 22, 32})}},
      {"Add",
       {},
       {any({2, 1, 2}, {1, 2, 3, 4}), any({2, 1}, {10, 20})},
       {any({2, 2, 2}, {11, 12, 21, 22, 13, 14, 23, 24})}},
      {"Add", {}, {any({0, 3}, {}), any({3}, {1, 2, 3})}, {any({0, 3}, {})}},
      {"Add", {}, {any({1}, {1}), any({0}, {})}, {any({0}, {})}},
      {"Add",
       {},
       {typed(DType::int8, {2}, {127, -128}), typed(DType::int8, {2}, {1, -1})},
       {typed(DType::int8, {2}, {-128, 127})}},
      {"Sub", {}, {any({2}, {5, 7}), any({}, {2})}, {any({2}, {3, 5})}},
      {"Sub", {}, {typed(DType::uint8, {1}, {0}), typed(DType::uint8, {1}, {1})}, {typed(DType::uint8, {1}, {255})}},
      {"Mul", {}, {any({2, 2}, {1, 2, 3, 4}), any({2, 1}, {10, 20})}, {any({2, 2}, {10, 20, 60, 80})}},
      {"Mul",
       {},
       {typed(DType::uint16, {1}, {65535}), typed(DType::uint16, {1}, {65535})},
       {typed(DType::uint16, {1}, {1})}},
      {"Div", {}, {any({3}, {6, 9, 12}), any({1}, {3})}, {any({3}, {2, 3, 4})}},
      {"Div",
       {},
       {typed(DType::int32, {4}, {-7, 7, kLeast32, 5}), typed(DType::int32, {4}, {2, -2, -1, 5})},
       {typed(DType::int32, {4}, {-3, -3, kLeast32, 1})}},
      {"Div", {}, {floats({1, -1, 0}), floats({0, 0, 0})}, {floats({kInf, -kInf, kNan})}},
      {"Div", {}, {typed(DType::int32, {0}, {}), typed(DType::int32, {1}, {0})}, {typed(DType::int32, {0}, {})}},
      {"Pow", {}, {any({4}, {1, 2, 3, 4}), any({}, {2})}, {any({4}, {1, 4, 9, 16})}},
      {"Pow", {}, {any({2}, {1, 2}), typed(DType::float32, {2, 1}, {0, 3})}, {any({2, 2}, {1, 1, 1, 8})}},
      {"Pow",
       {},
       {typed(DType::float32, {3}, {4, 2, -1}), typed(DType::float32, {3}, {0.5, -1, 0.5})},
       {typed(DType::float32, {3}, {2, 0.5, kNan})}},
      {"Pow",
       {},
       {typed(DType::int32, {4}, {-1, -1, 5, -3}), typed(DType::int64, {4}, {-3, -2, -1, 3})},
       {typed(DType::int32, {4}, {-1, 1, 0, -27})}},
      {"Sqrt", {}, {any({4}, {0, 1, 4, 2})}, {any({4}, {0, 1, 2, std::sqrt(2.0)})}},
      {"Sqrt", {}, {any({1}, {-1})}, {any({1}, {kNan})}},
      {"Tanh", {}, {any({5}, some)}, {any({5}, mapped(std::tanh, some))}},
      {"Tanh", {}, {any({2}, {kInf, -100})}, {any({2}, {1, -1})}},
      {"Sigmoid", {}, {any({5}, some)}, {any({5}, mapped(logistic, some))}},
      {"Sigmoid", {}, {any({3}, {-kInf, kInf, kNan})}, {any({3}, {0, 1, kNan})}},
      {"Relu", {}, {any({5}, some)}, {any({5}, {0, 0, 0, 0.5, 3})}},
      {"Relu", {}, {any({0, 2}, {})}, {any({0, 2}, {})}},
      {"Relu", {}, {typed(DType::int8, {2}, {-128, 5})}, {typed(DType::int8, {2}, {0, 5})}},
      {"Equal", {}, {any({3}, {0, 1, 1}), any({1}, {1})}, {typed(DType::boolean, {3}, {0, 1, 1})}},
      {"Equal", {}, {floats({kNan, 0}), floats({kNan, -0.0})}, {typed(DType::boolean, {2}, {0, 1})}},
  };
}

}  // namespace rondo::test
