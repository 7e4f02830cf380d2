#include "difference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace rondo::test {

std::vector<double> differences(const Scalar& f, std::vector<Tensor> inputs, std::size_t which) {
  constexpr std::array kSteps{4e-3, 1e-3, 2.5e-4};
  constexpr std::array kWeights{3.0 / 4, -3.0 / 20, 1.0 / 60};
  std::vector<double> out;
  for (double& x : inputs[which].values<double>()) {
    const double at = x;
    std::array<double, kSteps.size()> slopes{};
    for (std::size_t s = 0; s < kSteps.size(); ++s) {
      const double h = kSteps[s] * std::max(0.25, std::abs(at));
      for (std::size_t k = 0; k < kWeights.size(); ++k) {
        const double reach = static_cast<double>(k + 1) * h;
        x = at + reach;
        const double above = f(inputs);
        x = at - reach;
        slopes[s] += kWeights[k] * (above - f(inputs)) / h;
      }
    }
    x = at;
    const bool first_agree = std::abs(slopes[0] - slopes[1]) < std::abs(slopes[1] - slopes[2]);
    out.push_back(first_agree ? (slopes[0] + slopes[1]) / 2 : (slopes[1] + slopes[2]) / 2);
  }
  return out;
}

double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 1e-3, difference = 0;
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::isfinite(a[i]) && std::isfinite(b[i]))) return std::numeric_limits<double>::infinity();
    most = std::max({most, std::abs(a[i]), std::abs(b[i])});
    difference = std::max(difference, std::abs(a[i] - b[i]));
  }
  return difference / most;
}

std::vector<double> doubles(const Tensor& t) { return {t.values<double>().begin(), t.values<double>().end()}; }

double weighed_sum(const std::vector<Tensor>& outputs, const std::vector<Tensor>& weights) {
  long double sum = 0;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (outputs[k].dtype() != DType::float64) continue;
    for (std::int64_t i = 0; i < outputs[k].count(); ++i)
      sum += static_cast<long double>(static_cast<const double*>(outputs[k].data())[i]) *
             static_cast<long double>(static_cast<const double*>(weights[k].data())[i]);
  }
  return static_cast<double>(sum);
}

}  // namespace rondo::test
