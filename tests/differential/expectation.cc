#include "differential/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rondo::differential {
namespace {

constexpr double kMargin = 16;     // gate / largest difference that a disturbance made
constexpr double kTooWide = 1e-2;  // of a gate, relative to 1 + |value|

Expectation exactly(const Tensor& t) {
  Expectation e{t.dtype(), t.shape(), false, {}, 0};
  for (std::int64_t i = 0; i < t.count(); ++i) e.elements.push_back({element(t.view(), i), 0, false});
  return e;
}

void widen(Element& e, double other, bool floating) {
  if (e.value == other || (std::isnan(e.value) && std::isnan(other))) return;
  const double gate = kMargin * std::abs(e.value - other);
  if (floating && std::isfinite(gate))
    e.gate = std::max(e.gate, gate);
  else
    e.open = true;
}

void widen(Expectation& e, const Tensor& disturbed) {
  if (e.shape_is_open || disturbed.shape() != e.shape) {
    e.shape_is_open = true;
    return;
  }
  for (std::size_t i = 0; i < e.elements.size(); ++i)
    widen(e.elements[i], element(disturbed.view(), static_cast<std::int64_t>(i)), is_floating(e.dtype));
}

bool agrees(const Element& e, double value) {
  return e.open || value == e.value || (std::isnan(value) && std::isnan(e.value)) ||
         std::abs(value - e.value) <= e.gate;
}

}  // namespace

std::vector<Expectation> expect(const Graph& graph, const Values& inputs, std::uint64_t seed, int disturbances) {
  std::vector<Expectation> expected;
  for (const TensorPtr& t : Interpreter().outputs(graph, inputs)) expected.push_back(exactly(*t));
  for (int k = 0; k < disturbances; ++k) {
    Noise noise(seed * 1000 + static_cast<std::uint64_t>(k));
    Values disturbed;
    try {
      disturbed = Interpreter(&noise).outputs(graph, inputs);
    } catch (const Error&) {  // a size or an index moved out of range: nothing can be said of what follows it
      for (Expectation& e : expected) e.shape_is_open = true;
      break;
    }
    for (std::size_t i = 0; i < expected.size(); ++i) widen(expected[i], *disturbed[i]);
  }
  for (Expectation& e : expected)
    e.open = std::ranges::count_if(e.elements, [&](const Element& x) {
      return e.shape_is_open || x.open || x.gate > kTooWide * (1 + std::abs(x.value));
    });
  return expected;
}

std::string mismatch(const Expectation& expected, const TensorView& got) {
  if (got.dtype != expected.dtype)
    return fmt::format("is {}, expected {}", name_of(got.dtype), name_of(expected.dtype));
  if (expected.shape_is_open) return "";
  if (!std::ranges::equal(got.shape, expected.shape))
    return fmt::format("has shape {}, expected {}", to_string(got.shape), to_string(expected.shape));
  std::string first;
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < expected.elements.size(); ++i) {
    const Element& e = expected.elements[i];
    const double value = element(got, static_cast<std::int64_t>(i));
    if (agrees(e, value) || wrong++ != 0) continue;
    first = fmt::format("element {} is {}, expected {} within {:.2g}", i, value, e.value, e.gate);
  }
  return wrong == 0 ? "" : fmt::format("has {} wrong of {} elements, first {}", wrong, got.count(), first);
}

}  // namespace rondo::differential
