// What predictions are measured by, added up batch after batch on the host: for validation, `rondo eval` and the
// baselines printed before training. Ranks and batches may be added to each other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rondo/tensor.h"

namespace rondo::train {

// Which elements of an output count; axes as in LossOptions.
struct Places {
  std::int64_t batch_axis = 0;
  std::optional<std::int64_t> time_axis{};
  std::int64_t class_axis = -1;
  std::span<const std::int64_t> lengths{};  // by row; empty: all steps count
  std::int64_t ignore_index = -100;
};

// Counts of chosen and true classes.
class ClassCounts {
 public:
  explicit ClassCounts(std::int64_t num_classes);

  // scores: float32 or float64; the class of a place is that of the greatest, the first of equals, and NaN is greatest.
  // target: int64, the shape of scores without the class axis.
  void add(const TensorView& scores, const TensorView& target, const Places& places);
  // Two classes from one number each: 1 where it is above the threshold. target: the shape of scores.
  void add_binary(const TensorView& scores, const TensorView& target, double threshold, const Places& places);
  void add(std::int64_t chosen, std::int64_t truth) noexcept;
  void add(const ClassCounts& other) noexcept;

  std::int64_t count() const noexcept { return count_; }
  double accuracy() const noexcept;  // right places of all; for sequences, tokens. NaN for none
  // Rows all of whose places are right; rows without places count as right.
  double row_accuracy() const noexcept;
  // The mean over classes that were chosen or true of 2 tp / (2 tp + fp + fn), as scikit-learn's f1_score.
  double macro_f1() const noexcept;

 private:
  void end_row(bool right) noexcept;

  std::vector<std::int64_t> right_, chosen_, true_;  // by class
  std::int64_t count_ = 0, rows_ = 0, right_rows_ = 0;
};

// Distances of real numbers.
class ErrorSums {
 public:
  // Tensors of the same shape, float32 or float64.
  void add(const TensorView& output, const TensorView& target, const Places& places);
  void add(double output, double target) noexcept;
  void add(const ErrorSums& other) noexcept;

  std::int64_t count() const noexcept { return count_; }
  double mae() const noexcept;  // NaN for none
  double rmse() const noexcept;

 private:
  double absolute_ = 0, square_ = 0;
  std::int64_t count_ = 0;
};

// exp of a mean cross-entropy.
double perplexity(double loss_sum, double count) noexcept;

}  // namespace rondo::train
