#include "train/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rondo/error.h"

namespace rondo::train {
namespace {

constexpr std::int64_t kNoAxis = -1;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double real_at(const TensorView& view, std::int64_t i) noexcept {
  return view.dtype == DType::float64 ? view.as<double>()[i] : static_cast<double>(view.as<float>()[i]);
}

void require(bool holds, const TensorView& output, const TensorView& target) {
  if (holds) return;
  throw Error(ErrorCode::data, "outputs and targets do not fit each other")
      .got(to_string(target.shape) + " for outputs " + to_string(output.shape));
}

std::int64_t resolved(std::int64_t axis, std::int64_t rank) { return axis < 0 ? axis + rank : axis; }

// The places of a tensor with one axis, if any, taken out: where each is, its row and whether it counts.
class PlaceWalk {
 public:
  // axis: the one that is taken out, or kNoAxis.
  PlaceWalk(const TensorView& view, std::int64_t axis, const Places& places) : lengths_(places.lengths) {
    const std::int64_t batch = resolved(places.batch_axis, view.rank()),
                       time = places.time_axis ? resolved(*places.time_axis, view.rank()) : kNoAxis;
    std::int64_t stride = 1;
    for (std::int64_t d = view.rank() - 1; d >= 0; --d) {
      const std::int64_t size = view.shape[static_cast<std::size_t>(d)];
      if (d != axis) {
        axes_.insert(axes_.begin(), {size, stride, 0, d == batch, d == time});
        done_ |= size == 0;
      }
      stride *= size;
    }
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (axes_[a].is_row) row_ = a;
      if (axes_[a].is_step) step_ = a;
    }
  }

  bool done() const noexcept { return done_; }
  std::int64_t offset() const noexcept { return offset_; }
  std::int64_t place() const noexcept { return place_; }  // counted in row-major order
  std::int64_t row() const noexcept { return row_ < axes_.size() ? axes_[row_].index : 0; }
  std::int64_t rows() const noexcept { return row_ < axes_.size() ? axes_[row_].size : 1; }
  bool counts() const noexcept {
    return lengths_.empty() || step_ >= axes_.size() || axes_[step_].index < lengths_[static_cast<std::size_t>(row())];
  }
  void next() noexcept {
    ++place_;
    for (std::size_t a = axes_.size(); a-- > 0;) {
      Axis& axis = axes_[a];
      offset_ += axis.stride;
      if (++axis.index < axis.size) return;
      offset_ -= axis.stride * axis.size;
      axis.index = 0;
    }
    done_ = true;
  }

 private:
  struct Axis {
    std::int64_t size, stride, index;
    bool is_row, is_step;
  };
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::span<const std::int64_t> lengths_;
  std::vector<Axis> axes_;
  std::size_t row_ = kNone, step_ = kNone;
  std::int64_t offset_ = 0, place_ = 0;
  bool done_ = false;
};

std::int64_t greatest(const TensorView& scores, std::int64_t offset, std::int64_t step, std::int64_t classes) {
  std::int64_t best = 0;
  for (std::int64_t c = 1; c < classes; ++c) {
    const double top = real_at(scores, offset + best * step), next = real_at(scores, offset + c * step);
    if (next > top || (std::isnan(next) && !std::isnan(top))) best = c;
  }
  return best;
}

}  // namespace

ClassCounts::ClassCounts(std::int64_t num_classes)
    : right_(static_cast<std::size_t>(num_classes), 0), chosen_(right_), true_(right_) {}

void ClassCounts::add(std::int64_t chosen, std::int64_t truth) noexcept {
  ++count_;
  ++chosen_[static_cast<std::size_t>(chosen)];
  ++true_[static_cast<std::size_t>(truth)];
  if (chosen == truth) ++right_[static_cast<std::size_t>(chosen)];
}

void ClassCounts::add(const ClassCounts& other) noexcept {
  for (std::size_t c = 0; c < right_.size(); ++c) {
    right_[c] += other.right_[c];
    chosen_[c] += other.chosen_[c];
    true_[c] += other.true_[c];
  }
  count_ += other.count_;
  rows_ += other.rows_;
  right_rows_ += other.right_rows_;
}

void ClassCounts::end_row(bool right) noexcept {
  ++rows_;
  right_rows_ += right ? 1 : 0;
}

void ClassCounts::add(const TensorView& scores, const TensorView& target, const Places& places) {
  const std::int64_t class_axis = resolved(places.class_axis, scores.rank());
  const auto axis = static_cast<std::size_t>(class_axis);
  std::vector<std::int64_t> shape(scores.shape.begin(), scores.shape.end());
  const auto classes = static_cast<std::int64_t>(right_.size());
  require(axis < shape.size() && shape[axis] == classes, scores, target);
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  require(std::ranges::equal(shape, target.shape), scores, target);
  std::int64_t step = 1;
  for (std::size_t d = axis + 1; d < scores.shape.size(); ++d) step *= scores.shape[d];

  PlaceWalk walk(scores, class_axis, places);
  std::vector<bool> right(static_cast<std::size_t>(walk.rows()), true);
  for (; !walk.done(); walk.next()) {
    const std::int64_t truth = target.as<std::int64_t>()[walk.place()];
    if (!walk.counts() || truth == places.ignore_index) continue;
    require(truth >= 0 && truth < classes, scores, target);
    const std::int64_t chosen = greatest(scores, walk.offset(), step, classes);
    add(chosen, truth);
    if (chosen != truth) right[static_cast<std::size_t>(walk.row())] = false;
  }
  for (const bool r : right) end_row(r);
}

void ClassCounts::add_binary(const TensorView& scores, const TensorView& target, double threshold,
                             const Places& places) {
  require(right_.size() == 2 && std::ranges::equal(scores.shape, target.shape), scores, target);
  PlaceWalk walk(scores, kNoAxis, places);
  std::vector<bool> right(static_cast<std::size_t>(walk.rows()), true);
  for (; !walk.done(); walk.next()) {
    if (!walk.counts()) continue;
    const std::int64_t chosen = real_at(scores, walk.place()) > threshold ? 1 : 0,
                       truth = real_at(target, walk.place()) > 0.5 ? 1 : 0;
    add(chosen, truth);
    if (chosen != truth) right[static_cast<std::size_t>(walk.row())] = false;
  }
  for (const bool r : right) end_row(r);
}

double ClassCounts::accuracy() const noexcept {
  std::int64_t right = 0;
  for (const std::int64_t n : right_) right += n;
  return count_ == 0 ? kNan : static_cast<double>(right) / static_cast<double>(count_);
}

double ClassCounts::row_accuracy() const noexcept {
  return rows_ == 0 ? kNan : static_cast<double>(right_rows_) / static_cast<double>(rows_);
}

double ClassCounts::macro_f1() const noexcept {
  double sum = 0;
  std::int64_t classes = 0;
  for (std::size_t c = 0; c < right_.size(); ++c) {
    const std::int64_t seen = chosen_[c] + true_[c];
    if (seen == 0) continue;
    ++classes;
    sum += 2 * static_cast<double>(right_[c]) / static_cast<double>(seen);
  }
  return classes == 0 ? kNan : sum / static_cast<double>(classes);
}

void ErrorSums::add(double output, double target) noexcept {
  const double d = output - target;
  absolute_ += std::abs(d);
  square_ += d * d;
  ++count_;
}

void ErrorSums::add(const ErrorSums& other) noexcept {
  absolute_ += other.absolute_;
  square_ += other.square_;
  count_ += other.count_;
}

void ErrorSums::add(const TensorView& output, const TensorView& target, const Places& places) {
  require(std::ranges::equal(output.shape, target.shape), output, target);
  for (PlaceWalk walk(output, kNoAxis, places); !walk.done(); walk.next())
    if (walk.counts()) add(real_at(output, walk.place()), real_at(target, walk.place()));
}

double ErrorSums::mae() const noexcept { return count_ == 0 ? kNan : absolute_ / static_cast<double>(count_); }

double ErrorSums::rmse() const noexcept {
  return count_ == 0 ? kNan : std::sqrt(square_ / static_cast<double>(count_));
}

double perplexity(double loss_sum, double count) noexcept { return std::exp(loss_sum / count); }

}  // namespace rondo::train
