#include "tools/rondo/compare.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tools/rondo/element.h"

namespace rondo::tool {
namespace {

double distance(double got, double expected) {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return 0;
  const double d = std::abs(got - expected);
  return std::isnan(d) ? std::numeric_limits<double>::infinity() : d;
}

// Exact also where a double is not: 64-bit integers differ by their bits.
bool same_bits(const TensorView& a, const TensorView& b, std::int64_t i) {
  const std::size_t size = size_of(a.dtype), at = static_cast<std::size_t>(i) * size;
  return std::memcmp(a.as<std::byte>() + at, b.as<std::byte>() + at, size) == 0;
}

}  // namespace

double default_tolerance(DType dtype) noexcept {
  switch (dtype) {
    case DType::float64:
      return 1e-9;
    case DType::float32:
      return 1e-5;
    case DType::float16:
      return 1e-2;
    case DType::bfloat16:
      return 5e-2;
    default:
      return 0;
  }
}

Comparison compare(const TensorView& got, const TensorView& expected, const ToleranceChoice& choice) {
  Comparison c;
  if (got.dtype != expected.dtype || !std::ranges::equal(got.shape, expected.shape)) {
    c.mismatch = "got " + type_text(got) + ", expected " + type_text(expected);
    return c;
  }
  const bool floating = is_floating(got.dtype);
  const double atol = choice.atol.value_or(default_tolerance(got.dtype));
  const double rtol = choice.rtol.value_or(default_tolerance(got.dtype));
  for (std::int64_t i = 0, n = got.count(); i < n; ++i) {
    const double e = number_at(expected, i), d = distance(number_at(got, i), e);
    // An infinite expectation would make the bound infinite, and anything pass.
    const bool good =
        floating ? d == 0 || (std::isfinite(e) && d <= atol + rtol * std::abs(e)) : same_bits(got, expected, i);
    if (d > c.worst || (!good && c.worst_at < 0)) c.worst = d, c.worst_at = i;
    if (good) continue;
    if (c.bad++ == 0) c.first_bad = i;
  }
  return c;
}

}  // namespace rondo::tool
