// What MatMul and Gemm have in common once their shapes are known: Y[i] = A[i] * B[i] (+ beta * C) for i in
// [0,batches), [M,K] by [K,N], all strides in elements.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "backends/step/step.h"

namespace rondo::onednn {

struct Matrix {
  std::int64_t row_stride = 0;
  std::int64_t column_stride = 0;
  std::int64_t at(std::int64_t row, std::int64_t column) const { return row * row_stride + column * column_stride; }
};

struct ProductShape {
  std::int64_t M = 0, N = 0, K = 0;
  Matrix a, b;                     // Y is dense: [batches,M,N]
  std::vector<std::int64_t> a_at;  // first element of A[i]
  std::vector<std::int64_t> b_at;
  bool one_b = true;  // every product has the same B
  bool has_c = false;
  Matrix c;  // strides are 0 where C is broadcast
  float beta = 1;

  std::int64_t batches() const { return static_cast<std::int64_t>(a_at.size()); }
  std::int64_t multiply_adds() const { return M * N * K; }
};

// The shapes must have passed the operator's shape rule, and no dim is 0.
ProductShape matmul_shape(std::span<const std::int64_t> a, std::span<const std::int64_t> b);
ProductShape gemm_shape(const Lowering& at);

}  // namespace rondo::onednn
