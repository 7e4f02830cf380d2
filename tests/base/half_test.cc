#include "base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace rondo {
namespace {

// The value of a binary16 from its definition.
double value_of(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

TEST(Float16, EveryNumberGoesToFloatAndBack) {
  for (std::uint32_t b = 0; b < 0x10000; ++b) {
    const Float16 h{static_cast<std::uint16_t>(b)};
    if ((b & 0x7C00) == 0x7C00) continue;
    ASSERT_EQ(static_cast<double>(to_float(h)), value_of(h.bits)) << b;
    ASSERT_EQ(to_float16(to_float(h)).bits, h.bits) << b;
  }
}

TEST(Float16, RoundsToNearestEven) {
  // Between each pair of neighbours: just below, at and just above the middle.
  for (std::uint16_t b = 0; b < 0x7BFF; ++b) {
    const double low = value_of(b), high = value_of(static_cast<std::uint16_t>(b + 1)), middle = (low + high) / 2;
    const auto half = static_cast<float>(middle);
    ASSERT_EQ(static_cast<double>(half), middle);
    const auto odd = static_cast<std::uint16_t>((b & 1) != 0 ? b + 1 : b);
    ASSERT_EQ(to_float16(half).bits, odd) << b;
    ASSERT_EQ(to_float16(std::nextafter(half, 0.0f)).bits, b);
    ASSERT_EQ(to_float16(std::nextafter(half, 1e9f)).bits, b + 1);
  }
}

TEST(Float16, InfinitiesNanAndOverflow) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_float16(kInf).bits, 0x7C00);
  EXPECT_EQ(to_float16(-kInf).bits, 0xFC00);
  EXPECT_EQ(to_float16(65519.9f).bits, 0x7BFF);
  EXPECT_EQ(to_float16(65520.0f).bits, 0x7C00);
  EXPECT_TRUE(std::isnan(to_float(to_float16(std::nanf("")))));
  EXPECT_EQ(to_float(Float16{0x7C00}), kInf);
  EXPECT_EQ(to_float16(1e-10f).bits, 0);
  EXPECT_EQ(to_float16(-1e-10f).bits, 0x8000);
}

TEST(BFloat16, RoundsToNearestEvenAndKeepsNan) {
  EXPECT_EQ(to_bfloat16(1.0f).bits, 0x3F80);
  EXPECT_EQ(to_bfloat16(1.0f + 0x1p-8f).bits, 0x3F80);  // the middle, down to even
  EXPECT_EQ(to_bfloat16(1.0f + 0x3p-8f).bits, 0x3F82);  // the middle, up to even
  EXPECT_EQ(to_bfloat16(std::nextafter(1.0f + 0x1p-8f, 2.0f)).bits, 0x3F81);
  EXPECT_TRUE(std::isnan(to_float(to_bfloat16(std::bit_cast<float>(0x7F800001u)))));
  EXPECT_EQ(to_float(to_bfloat16(std::numeric_limits<float>::max())), std::numeric_limits<float>::infinity());
}

}  // namespace
}  // namespace rondo
