// Cases of matrix products and of operators along one axis.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

}  // namespace

std::vector<OpCase> matrix_cases() {
  const double e = std::exp(1.0), half = std::log(0.5);
  return {
      {"MatMul", {}, {any({2, 3}, {1, 2, 3, 4, 5, 6}), any({3, 2}, {1, 0, 0, 1, 1, 1})}, {any({2, 2}, {4, 5, 10, 11})}},
      {"MatMul", {}, {any({3}, {1, 2, 3}), any({3}, {1, 1, 2})}, {any({}, {9})}},
      {"MatMul", {}, {any({3}, {1, 2, 3}), any({2, 3, 1}, {1, 1, 1, 1, 0, 0})}, {any({2, 1}, {6, 1})}},
      {"MatMul", {}, {any({2, 1, 2}, {1, 2, 3, 4}), any({2}, {1, 10})}, {any({2, 1}, {21, 43})}},
      {"MatMul",
       {},
       {any({2, 1, 1, 2}, {1, 2, 3, 4}), any({3, 2, 1}, {1, 0, 0, 1, 1, 1})},
       {any({2, 3, 1, 1}, {1, 2, 3, 3, 4, 7})}},
      {"MatMul", {}, {any({2, 0}, {}), any({0, 2}, {})}, {any({2, 2}, {0, 0, 0, 0})}},
      {"MatMul", {}, {any({0, 2}, {}), any({2, 1}, {1, 1})}, {any({0, 1}, {})}},
      {"Gemm", {}, {any({1, 2}, {1, 2}), any({2, 2}, {1, 2, 3, 4}), any({2}, {10, 20})}, {any({1, 2}, {17, 30})}},
      {"Gemm", {{"transA", 1}}, {any({2, 1}, {1, 2}), any({2, 2}, {1, 2, 3, 4})}, {any({1, 2}, {7, 10})}},
      {"Gemm", {{"transB", 1}}, {any({1, 2}, {1, 2}), any({2, 2}, {1, 3, 2, 4}), any({}, {1})}, {any({1, 2}, {8, 11})}},
      {"Gemm",
       {{"transA", 1}, {"transB", 1}, {"alpha", 2.0f}, {"beta", 3.0f}},
       {any({2, 1}, {1, 2}), any({2, 2}, {1, 3, 2, 4}), any({1, 1}, {1})},
       {any({1, 2}, {17, 23})}},
      {"Gemm",
       {{"transB", 1}},
       {any({1, 9}, {1, 2, 3, 4, 5, 6, 7, 8, 9}), any({1, 9}, {1, 1, 1, 1, 1, 1, 1, 1, 2})},
       {any({1, 1}, {54})}},
      {"Gemm", {}, {any({2, 0}, {}), any({0, 1}, {}), any({2, 1}, {5, 6})}, {any({2, 1}, {5, 6})}},
      {"Softmax", {}, {any({2, 2}, {0, 0, 1000, 1000})}, {any({2, 2}, {0.5, 0.5, 0.5, 0.5})}},
      {"Softmax", {{"axis", 0}}, {any({2, 2}, {0, 1, 1, 1})}, {any({2, 2}, {1 / (1 + e), 0.5, e / (1 + e), 0.5})}},
      {"Softmax", {{"axis", -2}}, {any({2, 0}, {})}, {any({2, 0}, {})}},
      {"Softmax", {}, {any({2, 0}, {})}, {any({2, 0}, {})}},
      {"Softmax", {}, {any({2}, {-kInf, 0})}, {any({2}, {0, 1})}},
      {"LogSoftmax", {}, {any({2, 2}, {0, 0, 1000, 1000})}, {any({2, 2}, {half, half, half, half})}},
      {"LogSoftmax", {{"axis", 0}}, {any({2, 1}, {0, 2000})}, {any({2, 1}, {-2000, 0})}},
  };
}

}  // namespace rondo::test
