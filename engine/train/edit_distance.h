// How far predicted sequences are from the true ones: for models trained with CTC, and for those that spell.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rondo/tensor.h"
#include "train/metrics.h"

namespace rondo::train {

using Symbols = std::vector<std::int64_t>;

// The least number of insertions, deletions and replacements (Levenshtein).
std::int64_t edit_distance(std::span<const std::int64_t> a, std::span<const std::int64_t> b);

// The greatest class of each step of each row: scores with a batch, a time and a class axis, float32 or float64. As
// CTC reads it when there is a blank: repetitions become one, then blanks go.
std::vector<Symbols> greedy_symbols(const TensorView& scores, const Places& places,
                                    std::optional<std::int64_t> blank = std::nullopt);

// Distances over lengths of the true sequences: an error rate, such as that of characters.
class EditSums {
 public:
  void add(std::span<const std::int64_t> predicted, std::span<const std::int64_t> truth);
  void add(const EditSums& other) noexcept;
  double rate() const noexcept;   // distances by symbols of truth; NaN for none
  double exact() const noexcept;  // sequences without any; NaN for none

 private:
  std::int64_t distance_ = 0, symbols_ = 0, sequences_ = 0, exact_ = 0;
};

}  // namespace rondo::train
