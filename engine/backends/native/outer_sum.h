// Sums of outer products over many steps, as gradients of weights are: C[m][n] = sum over k of A[k][m] * B[k][n]. The
// sum is cut into blocks of steps, each summed from zero and then added to what the blocks before gave: that is kinder
// to float than one long chain, and a block of B fits the cache. The cut depends on nothing but the number of steps, so
// the bits depend neither on threads nor on which rows of C are made together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/checked.h"
#include "kernels/gemm/gemm.h"

namespace rondo::native {

template <class T>
class OuterSum {
 public:
  static constexpr std::int64_t kBlock = 512;  // steps
  static constexpr std::int64_t kTile = 48;    // rows of C that are made at once

  explicit OuterSum(const kernels::GemmKernels<T>& gemm) : gemm_(gemm) {}

  static std::int64_t blocks(std::int64_t K) { return ceil_div(K, kBlock); }
  // Elements of B, packed.
  std::int64_t packed_elements(std::int64_t K, std::int64_t N) const { return K * padded(N); }
  // Elements of working memory for one call of add_rows.
  static std::int64_t work_elements(std::int64_t N) { return kTile * (kColumn + N); }

  // Packs row k of B, which belongs to block k / kBlock.
  void pack_row(const T* row, std::int64_t k, std::int64_t K, std::int64_t N, T* packed) const {
    const std::int64_t block = k / kBlock * kBlock, steps = std::min(kBlock, K - block), width = gemm_.panel_columns;
    T* to = packed + block * padded(N) + (k - block) * width;
    for (std::int64_t first = 0; first < N; first += width, to += steps * width) {
      const std::int64_t there = std::min(width, N - first);
      std::memcpy(to, row + first, static_cast<std::size_t>(there) * sizeof(T));
      std::fill_n(to + there, width - there, T(0));
    }
  }

  // Rows [begin, end) of C, which has N columns and no gaps. a: row 0 of A; a_stride: to the next k.
  void make_rows(std::int64_t begin, std::int64_t end, std::int64_t K, std::int64_t N, const T* a,
                 std::int64_t a_stride, const T* packed, T* c, T* work) const {
    if (K == 0) std::fill_n(c + begin * N, (end - begin) * N, T(0));
    for (std::int64_t block = 0; block < K; block += kBlock)
      for (std::int64_t m = begin; m < end; m += kTile)
        make_tile(m, std::min(kTile, end - m), block, std::min(kBlock, K - block), N, a, a_stride, packed, c, work);
  }

 private:
  // A column of A, k after k; the pad keeps neighbouring ones out of each other's way in the cache.
  static constexpr std::int64_t kColumn = kBlock + 16;

  std::int64_t padded(std::int64_t N) const { return round_up(N, std::int64_t{gemm_.panel_columns}); }

  void make_tile(std::int64_t m, std::int64_t rows, std::int64_t block, std::int64_t steps, std::int64_t N, const T* a,
                 std::int64_t a_stride, const T* packed, T* c, T* work) const {
    T* columns = work;
    T* sums = block == 0 ? c + m * N : work + kTile * kColumn;
    for (std::int64_t k = 0; k < steps; ++k) {
      const T* row = a + (block + k) * a_stride + m;
      for (std::int64_t i = 0; i < rows; ++i) columns[i * kColumn + k] = row[i];
    }
    gemm_.multiply({steps, N, 0, rows, 0, ceil_div(N, std::int64_t{gemm_.panel_columns}), columns, kColumn, 1,
                    packed + block * padded(N), nullptr, 0, sums, N});
    if (block == 0) return;
    T* to = c + m * N;
    for (std::int64_t i = 0; i < rows * N; ++i) to[i] += sums[i];
  }

  const kernels::GemmKernels<T>& gemm_;
};

}  // namespace rondo::native
