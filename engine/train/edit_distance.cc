#include "train/edit_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "rondo/error.h"

namespace rondo::train {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double ratio(std::int64_t a, std::int64_t b) noexcept {
  return b == 0 ? kNan : static_cast<double>(a) / static_cast<double>(b);
}

}  // namespace

std::int64_t edit_distance(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  // Distances of the first i of a from the first j of b, for one i after the other.
  std::vector<std::int64_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int64_t diagonal = row[0];
    ++row[0];
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::int64_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::vector<Symbols> greedy_symbols(const TensorView& scores, const Places& places, std::optional<std::int64_t> blank) {
  const auto axis = [&](std::int64_t a) { return static_cast<std::size_t>(a < 0 ? a + scores.rank() : a); };
  if (scores.rank() != 3 || !places.time_axis)
    throw Error(ErrorCode::usage, "sequences are read from outputs of rows, steps and classes")
        .got(to_string(scores.shape));
  const std::size_t axes[] = {axis(places.batch_axis), axis(*places.time_axis), axis(places.class_axis)};
  const std::int64_t strides[] = {scores.shape[1] * scores.shape[2], scores.shape[2], 1};
  const auto value = [&](std::int64_t n, std::int64_t t, std::int64_t c) {
    const std::int64_t at = n * strides[axes[0]] + t * strides[axes[1]] + c * strides[axes[2]];
    return scores.dtype == DType::float64 ? scores.as<double>()[at] : static_cast<double>(scores.as<float>()[at]);
  };
  std::vector<Symbols> all(static_cast<std::size_t>(scores.shape[axes[0]]));
  for (std::size_t row = 0; row < all.size(); ++row) {
    const auto n = static_cast<std::int64_t>(row);
    const std::int64_t steps = places.lengths.empty() ? scores.shape[axes[1]] : places.lengths[row];
    std::int64_t before = -1;
    for (std::int64_t t = 0; t < steps; ++t) {
      std::int64_t best = 0;
      for (std::int64_t c = 1; c < scores.shape[axes[2]]; ++c)
        if (value(n, t, c) > value(n, t, best)) best = c;
      if (!blank || (best != *blank && best != before)) all[row].push_back(best);
      before = best;
    }
  }
  return all;
}

void EditSums::add(std::span<const std::int64_t> predicted, std::span<const std::int64_t> truth) {
  const std::int64_t distance = edit_distance(predicted, truth);
  distance_ += distance;
  symbols_ += static_cast<std::int64_t>(truth.size());
  ++sequences_;
  exact_ += distance == 0 ? 1 : 0;
}

void EditSums::add(const EditSums& other) noexcept {
  distance_ += other.distance_;
  symbols_ += other.symbols_;
  sequences_ += other.sequences_;
  exact_ += other.exact_;
}

double EditSums::rate() const noexcept { return ratio(distance_, symbols_); }
double EditSums::exact() const noexcept { return ratio(exact_, sequences_); }

}  // namespace rondo::train
