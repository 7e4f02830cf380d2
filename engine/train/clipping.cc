#include "train/clipping.h"

#include <array>
#include <cmath>

namespace rondo::train {
namespace {

// f(T* elements, count) for each gradient that is there.
template <class F>
void for_each(std::span<const MutableTensorView> gradients, F&& f) {
  for (const MutableTensorView& g : gradients) {
    const auto n = static_cast<std::size_t>(g.present() ? g.count() : 0);
    if (g.dtype == DType::float32) f(g.as<float>(), n);
    if (g.dtype == DType::float64) f(g.as<double>(), n);
  }
}

// Eight sums side by side: the order is fixed, and a compiler may use vectors.
template <class T>
double sum_of_squares(const T* x, std::size_t n) {
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t k = 0; k < kLanes; ++k) sums[k] += static_cast<double>(x[i + k]) * static_cast<double>(x[i + k]);
  for (; i < n; ++i) sums[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  double total = 0;
  for (const double s : sums) total += s;
  return total;
}

}  // namespace

double global_norm(std::span<const MutableTensorView> gradients) {
  double total = 0;
  for_each(gradients, [&](const auto* x, std::size_t n) { total += sum_of_squares(x, n); });
  return std::sqrt(total);
}

double clip_by_norm(std::span<const MutableTensorView> gradients, double max_norm) {
  const double norm = global_norm(gradients);
  const double factor = max_norm / (norm + 1e-6);
  if (std::isfinite(norm) && factor < 1) scale(gradients, factor);
  return norm;
}

void clip_by_value(std::span<const MutableTensorView> gradients, double limit) {
  for_each(gradients, [&]<class T>(T* x, std::size_t n) {
    const T top = static_cast<T>(limit);
    for (std::size_t i = 0; i < n; ++i) x[i] = x[i] > top ? top : x[i] < -top ? -top : x[i];
  });
}

void scale(std::span<const MutableTensorView> gradients, double factor) {
  for_each(gradients, [&]<class T>(T* x, std::size_t n) {
    const T by = static_cast<T>(factor);
    for (std::size_t i = 0; i < n; ++i) x[i] *= by;
  });
}

}  // namespace rondo::train
