// Conversion of one element between any two types, with the edges C++ leaves undefined decided: a float outside an
// integer's range takes the nearest end, NaN becomes 0, and halves round once, to nearest even.
#pragma once

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/half.h"
#include "ops/dispatch.h"

namespace rondo::ops {

struct Boolean {
  std::uint8_t bits;
};

// f(TypeTag<T>{}) for every element type; halves and booleans come as their storage types.
template <class F>
void with_any(DType dtype, F&& f) {
  if (dtype == DType::float16) return f(TypeTag<Float16>{});
  if (dtype == DType::bfloat16) return f(TypeTag<BFloat16>{});
  if (dtype == DType::boolean) return f(TypeTag<Boolean>{});
  with_number(dtype, f);
}

template <class T>
inline constexpr bool kIsHalf = std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;

// A float from which a half type rounds as it would from the double: inexact results get an odd last bit.
inline float narrowed(double v) noexcept {
  const float f = static_cast<float>(v);
  if (std::isnan(v) || static_cast<double>(f) == v) return f;
  auto bits = std::bit_cast<std::uint32_t>(f);
  if (std::abs(static_cast<double>(f)) > std::abs(v)) --bits;
  return std::bit_cast<float>(bits | 1u);
}

template <class To, class From>
To integer_from(From v) noexcept {
  // 2^digits is exact in every floating type, unlike the largest integer itself.
  const From limit = std::ldexp(From(1), std::numeric_limits<To>::digits);
  if (std::isnan(v)) return 0;
  if (v >= limit) return std::numeric_limits<To>::max();
  if (v < static_cast<From>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  return static_cast<To>(v);
}

template <class To, class From>
To converted(From v) noexcept {
  if constexpr (std::is_same_v<To, From>) {
    return v;
  } else if constexpr (kIsHalf<From>) {
    return converted<To>(to_float(v));
  } else if constexpr (std::is_same_v<From, Boolean>) {
    return converted<To>(static_cast<std::uint8_t>(v.bits != 0));
  } else if constexpr (std::is_same_v<To, Boolean>) {
    return {static_cast<std::uint8_t>(v != From(0))};
  } else if constexpr (std::is_same_v<To, Float16>) {
    return to_float16(narrowed(static_cast<double>(v)));
  } else if constexpr (std::is_same_v<To, BFloat16>) {
    return to_bfloat16(narrowed(static_cast<double>(v)));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return integer_from<To>(v);
  } else {
    return static_cast<To>(v);
  }
}

}  // namespace rondo::ops
