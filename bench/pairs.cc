#include "pairs.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace rondo::bench {
namespace {

// Microseconds of each call.
std::vector<double> timed(const std::function<void()>& f, int calls) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(calls));
  for (int i = 0; i < calls; ++i) {
    const auto start = Clock::now();
    f();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  return times;
}

double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  const double at = std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::lround(at))];
}

Side side_of(const std::vector<double>& times) { return {quantile(times, 0.5), quantile(times, 0)}; }

}  // namespace

Comparison compare(const std::function<void()>& first, const std::function<void()>& second, int rounds, int calls) {
  timed(first, calls);
  timed(second, calls);
  std::vector<double> a, b, ratios;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> x, y;
    if (round % 2 == 1) y = timed(second, calls);
    x = timed(first, calls);
    if (round % 2 == 0) y = timed(second, calls);
    ratios.push_back(quantile(y, 0.5) / quantile(x, 0.5));
    a.insert(a.end(), x.begin(), x.end());
    b.insert(b.end(), y.begin(), y.end());
  }
  // The true median lies between these order statistics with 95 %, by the normal form of the binomial.
  const double half_width = 0.98 / std::sqrt(static_cast<double>(rounds));
  return {side_of(a), side_of(b), quantile(ratios, 0.5), quantile(ratios, 0.5 - half_width),
          quantile(ratios, 0.5 + half_width)};
}

}  // namespace rondo::bench
