// Walks N operands of any strides in the row-major order of one shape, a row at a time and without allocation. Dims
// that lie one after the other in every operand are merged first, so dense operands become a single row.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "ops/axes.h"

namespace rondo::ops {

using Dims = std::array<std::int64_t, kMaxRank>;

// Strides, in elements, of a dense tensor.
inline Dims dense_strides(std::span<const std::int64_t> shape) noexcept {
  Dims strides{};
  std::int64_t step = 1;
  for (std::size_t d = shape.size(); d-- > 0; step *= shape[d]) strides[d] = step;
  return strides;
}

// for (Walk<2> w(shape, {sa, sb}); !w.done(); w.next())
//   element i of the row, i in [0, length()), is a[at(0) + i * step(0)] and b[at(1) + i * step(1)].
template <std::size_t N>
class Walk {
 public:
  Walk(std::span<const std::int64_t> shape, const std::array<Dims, N>& strides) noexcept {
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] == 0) done_ = true;
      if (shape[d] != 1) append(shape[d], strides, d);
    }
    if (rank_ == 0) {
      shape_[0] = 1;
      rank_ = 1;
    }
  }

  bool done() const noexcept { return done_; }
  std::int64_t length() const noexcept { return shape_[rank_ - 1]; }
  std::int64_t at(std::size_t operand) const noexcept { return at_[operand]; }
  std::int64_t step(std::size_t operand) const noexcept { return strides_[operand][rank_ - 1]; }

  void next() noexcept {
    for (std::size_t d = rank_ - 1; d-- > 0;) {
      if (++index_[d] < shape_[d]) {
        for (std::size_t k = 0; k < N; ++k) at_[k] += strides_[k][d];
        return;
      }
      index_[d] = 0;
      for (std::size_t k = 0; k < N; ++k) at_[k] -= strides_[k][d] * (shape_[d] - 1);
    }
    done_ = true;
  }

 private:
  void append(std::int64_t size, const std::array<Dims, N>& strides, std::size_t d) noexcept {
    bool merges = rank_ > 0;
    for (std::size_t k = 0; k < N && merges; ++k) merges = strides_[k][rank_ - 1] == strides[k][d] * size;
    if (!merges) shape_[rank_++] = 1;
    shape_[rank_ - 1] *= size;
    for (std::size_t k = 0; k < N; ++k) strides_[k][rank_ - 1] = strides[k][d];
  }

  Dims shape_{};
  std::array<Dims, N> strides_{};
  Dims index_{};
  std::array<std::int64_t, N> at_{};
  std::size_t rank_ = 0;
  bool done_ = false;
};

// The dims of a shape parted in two: the walk over those that stay, and from each of its places the walk over those
// that are folded into one result.
template <std::size_t N>
struct FoldWalk {
  Walk<N> kept, folded;
  std::int64_t count;  // elements of each fold

  FoldWalk(std::span<const std::int64_t> shape, AxisSet axes, const std::array<Dims, N>& strides) noexcept
      : kept(part(shape, ~axes), strides), folded(part(shape, axes), strides), count(1) {
    for (std::size_t d = 0; d < shape.size(); ++d) count *= axes[d] ? shape[d] : 1;
  }

 private:
  // The shape with 1 for every axis that is not in the set.
  struct Part {
    Dims dims{};
    std::size_t rank;
    operator std::span<const std::int64_t>() const noexcept { return std::span(dims).first(rank); }
  };
  static Part part(std::span<const std::int64_t> shape, AxisSet axes) noexcept {
    Part p{{}, shape.size()};
    for (std::size_t d = 0; d < shape.size(); ++d) p.dims[d] = axes[d] ? shape[d] : 1;
    return p;
  }
};

}  // namespace rondo::ops
