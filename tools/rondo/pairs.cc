#include "tools/rondo/pairs.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace rondo::tool {
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

Timing timing_of(const std::vector<double>& times) {
  return {quantile(times, 0.5), quantile(times, 0.99), quantile(times, 0), static_cast<int>(times.size())};
}

void append(std::vector<double>& to, const std::vector<double>& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

Pairing time_in_turns(const std::function<void()>& first, const std::function<void()>& second, int rounds, int calls) {
  timed(first, calls);
  timed(second, calls);
  std::vector<double> a, b, ratios;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> x, y;
    if (round % 2 == 1) y = timed(second, calls);
    x = timed(first, calls);
    if (round % 2 == 0) y = timed(second, calls);
    ratios.push_back(quantile(y, 0.5) / quantile(x, 0.5));
    append(a, x);
    append(b, y);
  }
  // The true median lies between these order statistics with 95 %, by the normal form of the binomial.
  const double half_width = 0.98 / std::sqrt(static_cast<double>(rounds));
  return {timing_of(a), timing_of(b), quantile(ratios, 0.5), quantile(ratios, 0.5 - half_width),
          quantile(ratios, 0.5 + half_width)};
}

Timing time_alone(const std::function<void()>& f, int rounds, int calls) {
  std::vector<double> all;
  for (int round = 0; round < rounds; ++round) append(all, timed(f, calls));
  return timing_of(all);
}

int calls_in_a_block(const std::function<void()>& f) {
  constexpr double kBlock = 25'000;  // microseconds
  timed(f, 1);
  double spent = 0;
  int calls = 0;
  while (calls < 20 && spent < kBlock) spent += timed(f, 1)[0], ++calls;
  return static_cast<int>(std::clamp(kBlock * calls / std::max(spent, 1e-3), 1.0, 1e6));
}

}  // namespace rondo::tool
