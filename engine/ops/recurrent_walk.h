// The order in which a recurrent layer takes its steps, written once for the scalar reference and every backend.
//
// Rows of a batch may end at different steps. Row n takes part in step t exactly when t < its length: forward walks t
// upwards, reverse downwards from the longest row's last step, so a shorter row joins with its initial state at its own
// last step. At every step all rows thus read X and write Y at the same stored index t. Steps past a row's end are
// never handed out, so what X holds there reaches nothing; Y is zero there. A row of length 0 keeps its initial state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "ops/recurrent.h"

namespace rondo::ops {

// One step of the rows [row_begin, row_end), which all take part, in direction d at stored index t.
struct RecurrentStep {
  std::int64_t d, t;
  std::int64_t row_begin, row_end;
};

// Y of direction d at steps past the end of the rows [row_begin, row_end) becomes 0. y may be null: Y is not wanted.
template <class Real>
void zero_padding(const RecurrentSpec& spec, std::span<const std::int32_t> lens, std::int64_t d, std::int64_t row_begin,
                  std::int64_t row_end, Real* y) {
  if (y == nullptr || lens.empty()) return;
  for (std::int64_t n = row_begin; n < row_end; ++n)
    for (std::int64_t t = spec.length(lens, n); t < spec.T; ++t) std::fill_n(y + spec.y_at(t, d, n), spec.H, Real{});
}

// The same for what steps keep for the gradient; kept may be null.
template <class Real>
void zero_kept_padding(const RecurrentSpec& spec, std::span<const std::int32_t> lens, std::int64_t d,
                       std::int64_t row_begin, std::int64_t row_end, Real* kept) {
  if (kept == nullptr || lens.empty()) return;
  for (std::int64_t n = row_begin; n < row_end; ++n)
    for (std::int64_t t = spec.length(lens, n); t < spec.T; ++t)
      std::fill_n(kept + spec.kept_at(t, d, n), spec.kept() * spec.H, Real{});
}

enum class WalkOrder { forward, gradient };

// Calls cell(RecurrentStep) for direction d and the rows [row_begin, row_end), once for each run of neighbouring rows
// that take part in a step, in the order in which the state moves on, or for the gradient in the opposite one. lens: as
// check_sequence_lens lets pass, or empty. Does not allocate.
template <class CellFunction>
void walk_steps(const RecurrentSpec& spec, std::span<const std::int32_t> lens, std::int64_t d, std::int64_t row_begin,
                std::int64_t row_end, WalkOrder order, CellFunction&& cell) {
  std::int64_t steps = 0;
  for (std::int64_t n = row_begin; n < row_end; ++n) steps = std::max(steps, spec.length(lens, n));
  const bool downwards = spec.reverse[static_cast<std::size_t>(d)] != (order == WalkOrder::gradient);
  for (std::int64_t s = 0; s < steps; ++s) {
    const std::int64_t t = downwards ? steps - 1 - s : s;
    for (std::int64_t begin = row_begin, end; begin < row_end; begin = end) {
      const bool active = t < spec.length(lens, begin);
      for (end = begin + 1; end < row_end && (t < spec.length(lens, end)) == active;) ++end;
      if (active) cell(RecurrentStep{d, t, begin, end});
    }
  }
}

// The steps in the order of the state; the padding of Y becomes 0. The caller has put the initial state where its cell
// keeps states.
template <class Real, class CellFunction>
void walk_rows(const RecurrentSpec& spec, std::span<const std::int32_t> lens, std::int64_t d, std::int64_t row_begin,
               std::int64_t row_end, Real* y, CellFunction&& cell) {
  zero_padding(spec, lens, d, row_begin, row_end, y);
  walk_steps(spec, lens, d, row_begin, row_end, WalkOrder::forward, cell);
}

// All directions of a layer, one after the other, all rows together.
template <class Real, class CellFunction>
void walk_sequence(const RecurrentSpec& spec, std::span<const std::int32_t> lens, Real* y, CellFunction&& cell) {
  for (std::int64_t d = 0; d < spec.D; ++d) walk_rows(spec, lens, d, 0, spec.N, y, cell);
}

}  // namespace rondo::ops
