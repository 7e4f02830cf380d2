#include "backends/native/patch_grid.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"

namespace rondo::native {
namespace {

using ops::Dims;

// Part of a row of the grid: `count` columns from `column` on, `index` the place of the first.
struct Segment {
  std::int64_t column, count;
  Dims index;
};

// The segments that columns [first, end) fall into, in order.
template <class F>
void for_each_segment(const PatchGrid& grid, std::int64_t first, std::int64_t end, F&& f) {
  const std::size_t last = grid.rank - 1;
  for (std::int64_t column = first; column < end;) {
    Segment s{column, 0, {}};
    std::int64_t rest = column;
    for (std::size_t d = grid.rank; d-- > 0; rest /= grid.places[d]) s.index[d] = rest % grid.places[d];
    s.count = std::min(grid.places[last] - s.index[last], end - column);
    f(s);
    column += s.count;
  }
}

// Where a tap reads a segment: elements [low, high) of it at X[at + i * step], zeros elsewhere.
struct Reading {
  std::int64_t at, step, low, high;
};

Reading reading_of(const PatchGrid& grid, const Segment& s, const PatchGrid::Tap& tap) noexcept {
  const std::size_t last = grid.rank - 1;
  Reading r{0, grid.step[last], 0, 0};
  bool inside = true;
  for (std::size_t d = 0; d <= last; ++d) {
    const std::int64_t place = s.index[d] * grid.step[d] + tap.at[d];
    inside = inside && (d == last || (place >= 0 && place < grid.source[d]));
    r.at = r.at * grid.source[d] + place;
  }
  if (!inside) return r;
  const std::int64_t start = s.index[last] * r.step + tap.at[last], size = grid.source[last];
  r.low = start < 0 ? std::min(ceil_div(-start, r.step), s.count) : 0;
  r.high = start < size ? std::min(ceil_div(size - start, r.step), s.count) : 0;
  r.high = std::max(r.high, r.low);
  return r;
}

void read(const float* x, const Reading& r, std::int64_t count, float* to) noexcept {
  std::fill(to, to + r.low, 0.0f);
  if (r.step == 1 && r.low < r.high)
    std::memcpy(to + r.low, x + r.at + r.low, static_cast<std::size_t>(r.high - r.low) * sizeof(float));
  else
    for (std::int64_t i = r.low; i < r.high; ++i) to[i] = x[r.at + i * r.step];
  std::fill(to + r.high, to + count, 0.0f);
}

// f(k) for every tap k of the window, given along each axis.
template <class F>
void for_each_index(std::span<const std::int64_t> sizes, F&& f) {
  const std::int64_t n = ops::volume(sizes);
  for (std::int64_t i = 0; i < n; ++i) {
    Dims index{};
    std::int64_t rest = i;
    for (std::size_t d = sizes.size(); d-- > 0; rest /= sizes[d]) index[d] = rest % sizes[d];
    f(i, index);
  }
}

PatchGrid empty_grid(const ops::Window& window, std::span<const std::int64_t> in, std::span<const std::int64_t> out) {
  PatchGrid grid;
  grid.rank = window.rank;
  std::ranges::copy(in, grid.source.begin());
  std::ranges::copy(out, grid.target.begin());
  return grid;
}

// The grid of the places of Y that are `origin` modulo the strides.
PatchGrid remainder_grid(PatchGrid grid, const ops::Window& window, const Dims& origin) {
  grid.origin = origin;
  for (std::size_t d = 0; d < grid.rank; ++d) {
    grid.step[d] = 1;
    grid.spread[d] = window.stride[d];
    grid.places[d] = origin[d] < grid.target[d] ? ceil_div(grid.target[d] - origin[d], window.stride[d]) : 0;
  }
  for_each_index(std::span(window.kernel).first(grid.rank), [&](std::int64_t number, const Dims& k) {
    PatchGrid::Tap tap{{}, number};
    bool reaches = true;
    for (std::size_t d = 0; d < grid.rank; ++d) {
      const std::int64_t way = origin[d] + window.begin[d] - k[d] * window.dilation[d];
      reaches = reaches && way % window.stride[d] == 0;
      tap.at[d] = way / window.stride[d];
    }
    if (reaches) grid.taps.push_back(tap);
  });
  return grid;
}

}  // namespace

std::int64_t PatchGrid::columns() const noexcept { return ops::volume(std::span(places).first(rank)); }

bool PatchGrid::is_whole_plane() const noexcept {
  return std::ranges::equal(std::span(places).first(rank), std::span(target).first(rank));
}

void PatchGrid::fill_panel(const float* x, std::int64_t channels, std::int64_t first, std::int64_t width,
                           float* panel) const {
  const auto num_taps = static_cast<std::int64_t>(taps.size());
  const std::int64_t plane = ops::volume(std::span(source).first(rank));
  const std::int64_t end = std::min(first + width, columns());
  for_each_segment(*this, first, end, [&](const Segment& s) {
    for (std::int64_t t = 0; t < num_taps; ++t) {
      const Reading r = reading_of(*this, s, taps[static_cast<std::size_t>(t)]);
      float* to = panel + t * width + (s.column - first);
      for (std::int64_t c = 0; c < channels; ++c) read(x + c * plane, r, s.count, to + c * num_taps * width);
    }
  });
  for (std::int64_t k = 0; k < channels * num_taps; ++k)
    std::fill(panel + k * width + (end - first), panel + (k + 1) * width, 0.0f);
}

void PatchGrid::scatter(const float* values, std::int64_t first, std::int64_t count, float* y) const {
  const std::size_t last = rank - 1;
  for_each_segment(*this, first, first + count, [&](const Segment& s) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < rank; ++d) at = at * target[d] + s.index[d] * spread[d] + origin[d];
    const float* from = values + (s.column - first);
    for (std::int64_t i = 0; i < s.count; ++i) y[at + i * spread[last]] = from[i];
  });
}

PatchGrid conv_grid(const ops::Window& window, std::span<const std::int64_t> in, std::span<const std::int64_t> out) {
  PatchGrid grid = empty_grid(window, in, out);
  grid.places = grid.target;
  grid.step = window.stride;
  grid.spread.fill(1);
  for_each_index(std::span(window.kernel).first(grid.rank), [&](std::int64_t number, const Dims& k) {
    PatchGrid::Tap tap{{}, number};
    for (std::size_t d = 0; d < grid.rank; ++d) tap.at[d] = k[d] * window.dilation[d] - window.begin[d];
    grid.taps.push_back(tap);
  });
  return grid;
}

std::vector<PatchGrid> conv_transpose_grids(const ops::Window& window, std::span<const std::int64_t> in,
                                            std::span<const std::int64_t> out) {
  const PatchGrid empty = empty_grid(window, in, out);
  std::vector<PatchGrid> grids;
  for_each_index(std::span(window.stride).first(window.rank),
                 [&](std::int64_t, const Dims& origin) { grids.push_back(remainder_grid(empty, window, origin)); });
  return grids;
}

}  // namespace rondo::native
