// Where a convolution reads X and writes Y, one plane at a time: output places in the rows of a grid, and for every tap
// of the window the place of X under it. Conv has one grid, all of Y. ConvTranspose has one for each remainder of a
// place of Y by the stride: the places of one grid are reached by the same taps, so no product with a zero is made.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/window.h"

namespace rondo::native {

// All sizes and places along each axis; the last axis is the innermost.
struct PatchGrid {
  struct Tap {
    ops::Dims at{};       // place o of the grid reads X at o * step + at, where X has such a place
    std::int64_t number;  // which tap of W it is
  };
  std::size_t rank = 0;
  ops::Dims places{};                      // of the grid
  ops::Dims source{}, step{};              // X's plane
  ops::Dims target{}, origin{}, spread{};  // Y's plane: place o of the grid is o * spread + origin
  std::vector<Tap> taps;

  std::int64_t columns() const noexcept;  // places in all, in row-major order
  bool is_whole_plane() const noexcept;   // column i is element i of Y's plane

  // panel[c * taps + t][i] = what tap t reads from plane c of x for column first + i, i in [0, width); zero outside X
  // and past the last column. The planes of x follow each other.
  void fill_panel(const float* x, std::int64_t channels, std::int64_t first, std::int64_t width, float* panel) const;
  // Columns [first, first + count) of a plane of Y.
  void scatter(const float* values, std::int64_t first, std::int64_t count, float* y) const;
};

PatchGrid conv_grid(const ops::Window& window, std::span<const std::int64_t> in, std::span<const std::int64_t> out);
std::vector<PatchGrid> conv_transpose_grids(const ops::Window& window, std::span<const std::int64_t> in,
                                            std::span<const std::int64_t> out);

}  // namespace rondo::native
