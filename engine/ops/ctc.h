// Connectionist temporal classification (Graves et al., 2006), in the logarithm: what CTCLoss and CTCLossGradient
// share. A target of S classes is extended by blanks to 2S + 1 places, blank a blank b blank; a path stays at its place
// from step to step, moves to the next, or skips a blank between different classes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "ops/axes.h"

namespace rondo::ops {

enum CtcInput : std::size_t { kCtcLogProbs, kCtcTargets, kCtcInputLengths, kCtcTargetLengths, kCtcLossGrad };

inline constexpr double kLogZero = -std::numeric_limits<double>::infinity();

// log(exp(a) + exp(b)); NaN stays.
inline double log_sum(double a, double b) noexcept {
  if (a == kLogZero) return b;
  if (b == kLogZero) return a;
  return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
}

// One row of the batch: its steps, its extended target, and the log probabilities.
template <class T>
class CtcRow {
 public:
  // Throws Error(data) for lengths and classes out of range.
  CtcRow(const EvalContext& ctx, std::int64_t row);

  std::int64_t steps() const noexcept { return steps_; }
  std::int64_t places() const noexcept { return 2 * labels_ + 1; }
  std::int64_t classes() const noexcept { return classes_; }
  std::int64_t class_at(std::int64_t place) const noexcept { return place % 2 == 0 ? blank_ : label(place / 2); }
  // Whether a path may come to a place from two places before it.
  bool skips_to(std::int64_t place) const noexcept {
    return place % 2 == 1 && place > 1 && label(place / 2) != label(place / 2 - 1);
  }
  double log_p(std::int64_t step, std::int64_t place) const noexcept {
    return static_cast<double>(log_probs_[step * step_stride_ + class_at(place)]);
  }
  // Where the log probabilities of one step are, counted from the beginning of the tensor.
  std::int64_t offset(std::int64_t step) const noexcept { return row_ * classes_ + step * step_stride_; }

  // The logarithm of the probability of all paths that are at each place after a step, from those of the step before.
  void begin(double* now) const noexcept;
  void advance(std::int64_t step, const double* before, double* now) const noexcept;
  // Of all paths that end where they may, from the last step's.
  double total(const double* last) const noexcept;

 private:
  std::int64_t label(std::int64_t i) const noexcept { return targets_[row_ * width_ + i]; }

  IntegerList targets_;
  const T* log_probs_;
  std::int64_t row_, width_, classes_, step_stride_, steps_, labels_, blank_;
};

template <class T>
CtcRow<T>::CtcRow(const EvalContext& ctx, std::int64_t row)
    : targets_(ctx.inputs[kCtcTargets]),
      row_(row),
      width_(ctx.inputs[kCtcTargets].shape[1]),
      classes_(ctx.inputs[kCtcLogProbs].shape[2]),
      step_stride_(ctx.inputs[kCtcLogProbs].shape[1] * classes_),
      steps_(IntegerList(ctx.inputs[kCtcInputLengths])[row]),
      labels_(IntegerList(ctx.inputs[kCtcTargetLengths])[row]),
      blank_(ctx.integer("blank")) {
  log_probs_ = ctx.inputs[kCtcLogProbs].as<T>() + row * classes_;
  const auto check = [&](std::int64_t got, std::int64_t most, const char* what) {
    if (got >= 0 && got <= most) return;
    throw ctx.error(std::string(what) + '[' + std::to_string(row) + "] is out of range")
        .got(std::to_string(got))
        .expected("0 to " + std::to_string(most));
  };
  check(steps_, ctx.inputs[kCtcLogProbs].shape[0], "input_lengths");
  check(labels_, width_, "target_lengths");
  for (std::int64_t i = 0; i < labels_; ++i)
    if (label(i) < 0 || label(i) >= classes_ || label(i) == blank_)
      throw ctx.error("targets holds no class in row " + std::to_string(row) + " at element " + std::to_string(i))
          .got(std::to_string(label(i)))
          .expected("0 to " + std::to_string(classes_ - 1) + ", and not the blank " + std::to_string(blank_));
}

template <class T>
void CtcRow<T>::begin(double* now) const noexcept {
  for (std::int64_t s = 0; s < places(); ++s) now[s] = s < 2 ? log_p(0, s) : kLogZero;
}

template <class T>
void CtcRow<T>::advance(std::int64_t step, const double* before, double* now) const noexcept {
  for (std::int64_t s = 0; s < places(); ++s) {
    double sum = before[s];
    if (s > 0) sum = log_sum(sum, before[s - 1]);
    if (skips_to(s)) sum = log_sum(sum, before[s - 2]);
    now[s] = sum + log_p(step, s);
  }
}

template <class T>
double CtcRow<T>::total(const double* last) const noexcept {
  const std::int64_t end = places() - 1;
  return end == 0 ? last[0] : log_sum(last[end], last[end - 1]);
}

// The shape rule of both: the inputs they share, all dims that must agree.
void check_ctc(InferContext& ctx);

}  // namespace rondo::ops
