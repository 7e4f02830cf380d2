// The cases every cell is tested with: sizes around the widths of vectors and tiles, and ways to split one step that
// may not change a bit of its result.
#pragma once

#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "kernels/panel/pack.h"
#include "kernels/panel/step.h"
#include "reference.h"

namespace rondo::tests {

struct CellSize {
  std::int64_t hidden, rows;
};

inline std::vector<CellSize> cell_sizes() {
  std::vector<CellSize> sizes;
  for (const std::int64_t h : {1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 40, 64, 67}) sizes.push_back({h, 1});
  for (std::int64_t rows = 2; rows <= 17; ++rows) sizes.push_back({rows % 2 == 0 ? 19 : 37, rows});
  for (const std::int64_t rows : {2, 3, 5}) sizes.push_back({67, rows});
  sizes.push_back({130, 1});
  sizes.push_back({150, 2});
  return sizes;
}

// All eleven activations come by as i counts up. ThresholdedRelu gets its one threshold without a jump.
inline ActivationFunction some_activation(std::size_t i) {
  const Activation kind = kAllActivations[i % std::size(kAllActivations)];
  if (kind == Activation::thresholded_relu) return {kind, 0, 0};
  return {kind, 0.75, kind == Activation::scaled_tanh ? 0.5 : 0.25};
}

inline constexpr ActivationFunction kSigmoid{Activation::sigmoid, 0, 0};
inline constexpr ActivationFunction kTanh{Activation::tanh, 0, 0};

// One row or all, one panel or all, forward or backward, in order or through an index.
struct Split {
  std::string name;
  bool by_row, by_panel, backward, indexed;
};
inline const std::vector<Split>& splits() {
  static const std::vector<Split> all{
      {"rerun", false, false, false, false},         {"rows", true, false, false, false},
      {"panels", false, true, false, false},         {"rows and panels", true, true, false, false},
      {"backward", false, false, true, false},       {"row index", false, false, false, true},
      {"row index, panels", false, true, true, true}};
  return all;
}

// Calls step(range) for every piece. Row pieces go through row_index too, as that is how a range names a row.
template <class F>
void for_each_piece(const Split& split, std::int64_t rows, std::int64_t panels, F step) {
  std::vector<std::int32_t> index(static_cast<std::size_t>(rows));
  std::iota(index.begin(), index.end(), 0);
  if (split.indexed)
    for (std::size_t i = 0; i < index.size() / 2; ++i) std::swap(index[i], index[index.size() - 1 - i]);
  const std::int64_t row_pieces = split.by_row ? rows : 1;
  const std::int64_t panel_pieces = split.by_panel ? panels : 1;
  for (std::int64_t r = 0; r < row_pieces; ++r)
    for (std::int64_t p = 0; p < panel_pieces; ++p) {
      const std::int32_t* at = split.by_row || split.indexed ? index.data() + r : nullptr;
      step(kernels::StepRange{split.by_row ? 1 : rows, at, split.by_panel ? p : 0, split.by_panel ? p + 1 : panels,
                              split.backward});
    }
}

// XP rows from the projected input in ONNX gate order: random values x[row][gate * hidden + unit].
template <class T>
Block<T> packed_rows(const Block<T>& x, std::int64_t rows, const kernels::PanelColumns& columns) {
  Block<T> xp(rows, columns.count());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns.count(); ++c) xp.at(r, c) = 0;
    kernels::add_packed_vector(x.values.data() + r * x.stride, columns, xp.values.data() + r * xp.stride);
  }
  return xp;
}

template <class T>
std::vector<T> packed_recurrent(const std::vector<T>& r, const kernels::PanelColumns& columns) {
  std::vector<T> packed(static_cast<std::size_t>(kernels::packed_size(columns.hidden, columns, columns.width())));
  kernels::pack_matrix(r.data(), 1, columns.hidden, columns.hidden, columns, columns.width(), packed.data());
  return packed;
}

template <class T>
std::vector<double> row_of(const Block<T>& b, std::int64_t row) {
  std::vector<double> v;
  for (std::int64_t c = 0; c < b.columns; ++c) v.push_back(double(b.at(row, c)));
  return v;
}

template <class T>
kernels::Rows<const T> in(const Block<T>& b) {
  return {b.values.data(), b.stride};
}
template <class T>
kernels::Rows<T> out(Block<T>& b) {
  return {b.values.data(), b.stride};
}

template <class T>
inline constexpr T kNoClip = std::numeric_limits<T>::infinity();

}  // namespace rondo::tests
