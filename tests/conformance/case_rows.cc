#include "conformance/case_rows.h"

#include <cstring>
#include <numeric>

namespace rondo::conformance {
namespace {

using oracle::RecurrentCase, oracle::Values;

std::optional<Values> states_of_rows(const RecurrentCase& c, const std::optional<Values>& states,
                                     const RecurrentCase& part, const Indices& rows) {
  if (!states) return {};
  Values result(static_cast<std::size_t>(part.D() * part.N * part.H));
  for (std::int64_t d = 0; d < c.D(); ++d) {
    for (std::int64_t n = 0; n < part.N; ++n) {
      for (std::int64_t h = 0; h < c.H; ++h) {
        result[part.state_index(d, n, h)] = (*states)[c.state_index(d, rows[static_cast<std::size_t>(n)], h)];
      }
    }
  }
  return result;
}

}  // namespace

Indices range(std::int64_t begin, std::int64_t end) {
  Indices result(static_cast<std::size_t>(end - begin));
  std::iota(result.begin(), result.end(), begin);
  return result;
}

RecurrentCase with_rows(const RecurrentCase& c, const Indices& rows) {
  RecurrentCase part = c;
  part.N = static_cast<std::int64_t>(rows.size());
  part.X.resize(static_cast<std::size_t>(c.T * part.N * c.I));
  if (c.sequence_lens) part.sequence_lens->clear();
  for (std::int64_t n = 0; n < part.N; ++n) {
    const std::int64_t row = rows[static_cast<std::size_t>(n)];
    for (std::int64_t t = 0; t < c.T; ++t) {
      for (std::int64_t i = 0; i < c.I; ++i) part.X[part.x_index(t, n, i)] = c.X[c.x_index(t, row, i)];
    }
    if (c.sequence_lens) part.sequence_lens->push_back(static_cast<std::int32_t>(c.length(row)));
  }
  part.initial_h = states_of_rows(c, c.initial_h, part, rows);
  part.initial_c = states_of_rows(c, c.initial_c, part, rows);
  return part;
}

Tensor take(const TensorView& tensor, std::size_t axis, const Indices& indices) {
  std::vector<std::int64_t> shape(tensor.shape.begin(), tensor.shape.end());
  const std::int64_t extent = shape[axis];
  const std::int64_t outer = element_count(tensor.shape.first(axis));
  const auto block = static_cast<std::size_t>(element_count(tensor.shape.subspan(axis + 1))) * size_of(tensor.dtype);
  shape[axis] = static_cast<std::int64_t>(indices.size());
  Tensor result(tensor.dtype, shape);
  if (result.bytes() == 0) return result;
  const auto* from = static_cast<const std::byte*>(tensor.data);
  auto* to = static_cast<std::byte*>(result.data());
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t index : indices) {
      std::memcpy(to, from + static_cast<std::size_t>(o * extent + index) * block, block);
      to += block;
    }
  }
  return result;
}

std::size_t batch_axis(const RecurrentCase& c, std::size_t output) {
  if (c.layout == 1) return 0;
  return c.wants_y && output == 0 ? 2 : 1;  // Y is [T,D,N,H], states are [D,N,H]
}

}  // namespace rondo::conformance
