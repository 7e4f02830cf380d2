#include "backends/onednn/product_shape.h"

#include <algorithm>

namespace rondo::onednn {
namespace {

using Shape = std::vector<std::int64_t>;

std::int64_t count(std::span<const std::int64_t> dims) {
  std::int64_t n = 1;
  for (const std::int64_t d : dims) n *= d;
  return n;
}

// Strides of a dense batch shape, seen from `rank` broadcast dims: 0 where the dim is 1 or missing.
Shape broadcast_strides(std::span<const std::int64_t> batch, std::size_t rank, std::int64_t matrix) {
  Shape strides(rank, 0);
  const std::size_t shift = rank - batch.size();
  for (std::size_t i = batch.size(); i-- > 0;) {
    if (batch[i] != 1) strides[shift + i] = matrix;
    matrix *= batch[i];
  }
  return strides;
}

// The offset of every matrix of an operand, in row-major order of the batch dims.
Shape matrix_offsets(const Shape& dims, const Shape& strides) {
  Shape offsets{0};
  for (std::size_t i = 0; i < dims.size(); ++i) {
    Shape next;
    next.reserve(offsets.size() * static_cast<std::size_t>(dims[i]));
    for (const std::int64_t base : offsets) {
      for (std::int64_t k = 0; k < dims[i]; ++k) next.push_back(base + k * strides[i]);
    }
    offsets = std::move(next);
  }
  return offsets;
}

Shape broadcast_dims(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  Shape dims(std::max(a.size(), b.size()), 1);
  for (const std::span<const std::int64_t> operand : {a, b}) {
    const std::size_t shift = dims.size() - operand.size();
    for (std::size_t i = 0; i < operand.size(); ++i) dims[shift + i] = std::max(dims[shift + i], operand[i]);
  }
  return dims;
}

}  // namespace

ProductShape matmul_shape(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  ProductShape p;
  const bool a_is_row = a.size() == 1;
  const bool b_is_column = b.size() == 1;
  p.M = a_is_row ? 1 : a[a.size() - 2];
  p.K = a.back();
  p.N = b_is_column ? 1 : b.back();
  p.a = {p.K, 1};
  p.b = {p.N, 1};
  const auto a_batch = a.first(a_is_row ? 0 : a.size() - 2);
  const auto b_batch = b.first(b_is_column ? 0 : b.size() - 2);
  if (count(b_batch) == 1) {  // one B for all rows of A: one tall product
    p.M *= count(a_batch);
    p.a_at = p.b_at = {0};
    return p;
  }
  const Shape dims = broadcast_dims(a_batch, b_batch);
  p.a_at = matrix_offsets(dims, broadcast_strides(a_batch, dims.size(), p.M * p.K));
  p.b_at = matrix_offsets(dims, broadcast_strides(b_batch, dims.size(), p.K * p.N));
  p.one_b = false;
  return p;
}

ProductShape gemm_shape(const Lowering& at) {
  const auto flag = [&at](std::string_view name) {
    return std::get<std::int64_t>(*find_attribute(at.node.attributes, name)) != 0;
  };
  const auto a = at.inputs[0].shape;
  const auto b = at.inputs[1].shape;
  const bool trans_a = flag("transA");
  const bool trans_b = flag("transB");
  ProductShape p;
  p.M = a[trans_a ? 1 : 0];
  p.K = a[trans_a ? 0 : 1];
  p.N = b[trans_b ? 0 : 1];
  p.a = trans_a ? Matrix{1, p.M} : Matrix{p.K, 1};
  p.b = trans_b ? Matrix{1, p.K} : Matrix{p.N, 1};
  p.a_at = p.b_at = {0};
  p.beta = std::get<float>(*find_attribute(at.node.attributes, "beta"));
  p.has_c = at.has(2);
  if (!p.has_c) return p;
  const auto c = at.inputs[2].shape;
  const std::int64_t columns = c.empty() ? 1 : c.back();
  const std::int64_t rows = c.size() < 2 ? 1 : c[c.size() - 2];
  p.c = {rows == 1 ? 0 : columns, columns == 1 ? 0 : 1};
  return p;
}

}  // namespace rondo::onednn
