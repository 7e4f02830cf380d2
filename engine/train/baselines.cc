#include "train/baselines.h"

#include <algorithm>
#include <numeric>

namespace rondo::train {
namespace {

double real(const Field& f, std::int64_t row, std::int64_t element) {
  const std::int64_t at = row * f.row_elements() + element;
  return f.data.dtype() == DType::float64 ? f.data.values<double>()[static_cast<std::size_t>(at)]
                                          : static_cast<double>(f.data.values<float>()[static_cast<std::size_t>(at)]);
}

// f(row) for every row of the samples.
template <class F>
void for_rows(const Field& field, std::span<const std::int64_t> samples, F&& f) {
  for (const std::int64_t s : samples) {
    const auto i = static_cast<std::size_t>(s);
    for (std::int64_t r = field.begins[i]; r < field.begins[i] + field.lengths[i]; ++r) f(r);
  }
}

// Which element of a features' row each element of a targets' row is.
std::optional<std::vector<std::int64_t>> elements_of(const Field& features, const Field& targets) {
  std::vector<std::int64_t> found(static_cast<std::size_t>(targets.row_elements()));
  if (targets.columns.empty()) {
    if (targets.row_elements() != features.row_elements()) return std::nullopt;
    std::iota(found.begin(), found.end(), 0);
    return found;
  }
  for (std::size_t e = 0; e < found.size(); ++e) {
    const auto at = std::ranges::find(features.columns, targets.columns[e]);
    if (at == features.columns.end()) return std::nullopt;
    found[e] = at - features.columns.begin();
  }
  return found;
}

}  // namespace

ClassCounts majority_class(const Field& targets, std::span<const std::int64_t> training,
                           std::span<const std::int64_t> validation, std::int64_t num_classes,
                           std::int64_t ignore_index) {
  const std::int64_t n = targets.row_elements();
  const auto all = targets.data.values<std::int64_t>();
  const auto for_classes = [&](std::span<const std::int64_t> samples, auto&& f) {
    for_rows(targets, samples, [&](std::int64_t r) {
      for (std::int64_t e = r * n; e < (r + 1) * n; ++e)
        if (const std::int64_t c = all[static_cast<std::size_t>(e)]; c != ignore_index) f(c);
    });
  };
  std::vector<std::int64_t> counts(static_cast<std::size_t>(num_classes), 0);
  for_classes(training, [&](std::int64_t c) { ++counts[static_cast<std::size_t>(c)]; });
  const std::int64_t chosen = std::ranges::max_element(counts) - counts.begin();
  ClassCounts result(num_classes);
  for_classes(validation, [&](std::int64_t c) { result.add(chosen, c); });
  return result;
}

ErrorSums mean_value(const Field& targets, std::span<const std::int64_t> training,
                     std::span<const std::int64_t> validation) {
  const std::int64_t n = targets.row_elements();
  std::vector<double> mean(static_cast<std::size_t>(n), 0);
  double rows = 0;
  for_rows(targets, training, [&](std::int64_t r) {
    ++rows;
    for (std::int64_t e = 0; e < n; ++e) mean[static_cast<std::size_t>(e)] += real(targets, r, e);
  });
  for (double& m : mean) m /= std::max(rows, 1.0);
  ErrorSums result;
  for_rows(targets, validation, [&](std::int64_t r) {
    for (std::int64_t e = 0; e < n; ++e) result.add(mean[static_cast<std::size_t>(e)], real(targets, r, e));
  });
  return result;
}

std::optional<ErrorSums> last_value(const Field& features, const Field& targets,
                                    std::span<const std::int64_t> validation) {
  const auto elements = elements_of(features, targets);
  if (!elements || features.one_row || !is_floating(features.data.dtype())) return std::nullopt;
  ErrorSums result;
  for (const std::int64_t s : validation) {
    const auto i = static_cast<std::size_t>(s);
    if (features.lengths[i] == 0) continue;
    const std::int64_t last = features.begins[i] + features.lengths[i] - 1;
    for_rows(targets, {&s, 1}, [&](std::int64_t r) {
      for (std::size_t e = 0; e < elements->size(); ++e)
        result.add(real(features, last, (*elements)[e]), real(targets, r, static_cast<std::int64_t>(e)));
    });
  }
  return result;
}

}  // namespace rondo::train
