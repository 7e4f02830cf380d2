// Sums, norms and orders over axes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "differential/formula.h"

namespace rondo::differential {
namespace {

using Line = std::vector<double>;

double sum(const Line& x) { return std::accumulate(x.begin(), x.end(), 0.0); }
double mean(const Line& x) { return sum(x) / static_cast<double>(x.size()); }
double sum_of_squares(const Line& x) { return std::inner_product(x.begin(), x.end(), x.begin(), 0.0); }
double product(const Line& x) { return std::accumulate(x.begin(), x.end(), 1.0, std::multiplies<>()); }
double largest(const Line& x) { return *std::ranges::max_element(x); }
double smallest(const Line& x) { return *std::ranges::min_element(x); }
double absolute_sum(const Line& x) {
  return std::accumulate(x.begin(), x.end(), 0.0, [](double total, double v) { return total + std::abs(v); });
}
double log_sum_exp(const Line& x) {
  const double most = x.empty() ? 0 : largest(x);
  double total = 0;
  for (double v : x) total += std::exp(v - most);
  return most + std::log(total);
}

bool has_nan(const Array& a) {
  return std::ranges::any_of(a.values, [](double v) { return std::isnan(v); });
}

// The elements that share their index outside of the axes, in order: by place in `kept`, a shape with 1 at the axes.
struct Groups {
  Array kept;
  std::vector<Line> lines;
  std::vector<std::size_t> line_of;  // each element's

  Groups(const Array& x, const std::vector<bool>& folds) {
    Ints shape = x.shape;
    for (std::size_t d = 0; d < shape.size(); ++d)
      if (folds[d]) shape[d] = 1;
    kept = Array(shape);
    std::iota(kept.values.begin(), kept.values.end(), 0.0);
    lines.resize(kept.values.size());
    std::size_t i = 0;
    each_index(x.shape, [&](const Ints& index) {
      line_of.push_back(static_cast<std::size_t>(kept.broadcast(index)));
      lines[line_of.back()].push_back(x.values[i++]);
    });
  }
};

std::vector<bool> along(std::size_t rank, std::size_t axis) {
  std::vector<bool> folds(rank, false);
  folds[axis] = true;
  return folds;
}

Ints without(const Ints& shape, const std::vector<bool>& folds) {
  Ints rest;
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (!folds[d]) rest.push_back(shape[d]);
  return rest;
}

std::vector<Array> fold(const Call& c, double (*f)(const Line&)) {
  const Array& x = c[0];
  if (x.values.empty() || has_nan(x)) return {};
  std::vector<bool> folds(x.rank(), false);
  const Ints axes = c.has(1) ? c[1].integers() : Ints{};
  for (std::int64_t axis : axes) folds[from_front(axis, x.rank())] = true;
  if (axes.empty() && c.integer("noop_with_empty_axes") == 0) folds.assign(x.rank(), true);
  Groups groups(x, folds);
  Array out = groups.kept;
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = f(groups.lines[i]);
  if (c.integer("keepdims") == 0) out.shape = without(x.shape, folds);
  return {std::move(out)};
}

Formula reduced(double (*f)(const Line&)) {
  return [f](const Call& c) { return fold(c, f); };
}

template <bool most>
std::vector<Array> arg(const Call& c) {
  const Array& x = c[0];
  if (has_nan(x) || x.values.empty()) return {};
  const std::vector<bool> folds = along(x.rank(), c.axis(x.rank()));
  Groups groups(x, folds);
  Array out = groups.kept;
  const bool last = c.integer("select_last_index") != 0;
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    std::size_t best = 0;
    const Line& line = groups.lines[i];
    for (std::size_t k = 1; k < line.size(); ++k) {
      const bool better = most ? line[k] > line[best] : line[k] < line[best];
      if (better || (last && line[k] == line[best])) best = k;
    }
    out.values[i] = static_cast<double>(best);
  }
  if (c.integer("keepdims") == 0) out.shape = without(x.shape, folds);
  return {std::move(out)};
}

// Each element by its line: f(element, line).
template <class F>
Array rescaled(const Array& x, const std::vector<bool>& folds, F&& f) {
  const Groups groups(x, folds);
  Array out = x;
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = f(x.values[i], groups.lines[groups.line_of[i]]);
  return out;
}

std::vector<Array> softmax(const Call& c) {
  return {rescaled(c[0], along(c[0].rank(), c.axis(c[0].rank())),
                   [](double v, const Line& line) { return std::exp(v - log_sum_exp(line)); })};
}
std::vector<Array> log_softmax(const Call& c) {
  return {rescaled(c[0], along(c[0].rank(), c.axis(c[0].rank())),
                   [](double v, const Line& line) { return v - log_sum_exp(line); })};
}

std::vector<Array> lp_normalization(const Call& c) {
  const bool euclidean = c.integer("p") == 2;
  const auto norm = [euclidean](const Line& line) {
    return euclidean ? std::sqrt(sum_of_squares(line)) : absolute_sum(line);
  };
  const std::vector<bool> folds = along(c[0].rank(), c.axis(c[0].rank()));
  return {rescaled(c[0], folds, [&](double v, const Line& line) { return v / norm(line); })};
}

double variance(const Line& line) {
  const double m = mean(line);
  double total = 0;
  for (double v : line) total += (v - m) * (v - m);
  return total / static_cast<double>(line.size());
}

std::vector<Array> layer_normalization(const Call& c) {
  if (c.node.outputs.size() > 1) return {};
  const double epsilon = c.real("epsilon");
  std::vector<bool> folds(c[0].rank(), false);
  for (std::size_t d = c.axis(c[0].rank()); d < folds.size(); ++d) folds[d] = true;
  Array out = rescaled(c[0], folds, [&](double v, const Line& line) {
    if (c.node.op->name == "RMSNormalization")
      return v / std::sqrt(sum_of_squares(line) / static_cast<double>(line.size()) + epsilon);
    return (v - mean(line)) / std::sqrt(variance(line) + epsilon);
  });
  std::size_t i = 0;
  each_index(out.shape, [&](const Ints& index) {
    double& v = out.values[i++];
    v = v * c[1].broadcast(index) + (c.has(2) ? c[2].broadcast(index) : 0);
  });
  return {std::move(out)};
}

// Scale and bias of each channel, dim 1.
void per_channel(const Call& c, Array& out) {
  std::size_t i = 0;
  each_index(out.shape, [&](const Ints& index) {
    const auto channel = static_cast<std::size_t>(index[1]);
    double& v = out.values[i++];
    v = v * c[1].values[channel] + c[2].values[channel];
  });
}

std::vector<Array> batch_normalization(const Call& c) {
  if (c.node.outputs.size() > 1) return {};
  const double epsilon = c.real("epsilon");
  Array out = c[0];
  std::size_t i = 0;
  each_index(out.shape, [&](const Ints& index) {
    const auto channel = static_cast<std::size_t>(index[1]);
    double& v = out.values[i++];
    v = (v - c[3].values[channel]) / std::sqrt(c[4].values[channel] + epsilon);
  });
  per_channel(c, out);
  return {std::move(out)};
}

// Instances are groups of one channel.
std::vector<Array> group_normalization(const Call& c) {
  const Array& x = c[0];
  const double epsilon = c.real("epsilon");
  const std::int64_t groups = c.attribute("num_groups") != nullptr ? c.integer("num_groups") : x.shape[1];
  if (x.values.empty()) return {};
  Array grouped = x;
  grouped.shape = {x.shape[0], groups, count_of(x.shape) / (x.shape[0] * groups)};
  Array out = rescaled(grouped, {false, false, true}, [&](double v, const Line& line) {
    return (v - mean(line)) / std::sqrt(variance(line) + epsilon);
  });
  out.shape = x.shape;
  per_channel(c, out);
  return {std::move(out)};
}

std::vector<Array> mean_variance_normalization(const Call& c) {
  std::vector<bool> folds(c[0].rank(), false);
  const Ints axes = *c.integers("axes");
  for (std::int64_t axis : axes) folds[from_front(axis, c[0].rank())] = true;
  return {rescaled(c[0], folds,
                   [](double v, const Line& line) { return (v - mean(line)) / (std::sqrt(variance(line)) + 1e-9); })};
}

std::vector<Array> hardmax(const Call& c) {
  if (has_nan(c[0])) return {};
  const std::vector<bool> folds = along(c[0].rank(), c.axis(c[0].rank()));
  const Groups groups(c[0], folds);
  Array out(c[0].shape);
  std::vector<bool> taken(groups.lines.size(), false);
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    const std::size_t line = groups.line_of[i];
    if (taken[line] || c[0].values[i] != largest(groups.lines[line])) continue;
    out.values[i] = 1;
    taken[line] = true;
  }
  return {std::move(out)};
}

std::vector<Array> cum_sum(const Call& c) {
  const Array& x = c[0];
  const std::size_t axis = from_front(c[1].integers()[0], x.rank());
  const bool exclusive = c.integer("exclusive") != 0, reverse = c.integer("reverse") != 0;
  Array out(x.shape);
  each_index(x.shape, [&](const Ints& index) {
    Ints from = index;
    double total = 0;
    for (from[axis] = 0; from[axis] < x.shape[axis]; ++from[axis]) {
      const std::int64_t before = reverse ? from[axis] - index[axis] : index[axis] - from[axis];
      if (before > 0 || (before == 0 && !exclusive)) total += x.at(from);
    }
    out.at(index) = total;
  });
  return {std::move(out)};
}

}  // namespace

Formulas axis_formulas() {
  return {{"ReduceSum", reduced(sum)},
          {"ReduceMean", reduced(mean)},
          {"ReduceProd", reduced(product)},
          {"ReduceMax", reduced(largest)},
          {"ReduceMin", reduced(smallest)},
          {"ReduceL1", reduced(absolute_sum)},
          {"ReduceL2", reduced([](const Line& x) { return std::sqrt(sum_of_squares(x)); })},
          {"ReduceLogSum", reduced([](const Line& x) { return std::log(sum(x)); })},
          {"ReduceLogSumExp", reduced(log_sum_exp)},
          {"ReduceSumSquare", reduced(sum_of_squares)},
          {"ArgMax", arg<true>},
          {"ArgMin", arg<false>},
          {"Softmax", softmax},
          {"LogSoftmax", log_softmax},
          {"LpNormalization", lp_normalization},
          {"LayerNormalization", layer_normalization},
          {"RMSNormalization", layer_normalization},
          {"BatchNormalization", batch_normalization},
          {"InstanceNormalization", group_normalization},
          {"GroupNormalization", group_normalization},
          {"MeanVarianceNormalization", mean_variance_normalization},
          {"Hardmax", hardmax},
          {"CumSum", cum_sum}};
}

}  // namespace rondo::differential
