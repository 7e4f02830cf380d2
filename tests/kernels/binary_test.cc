// The elementwise kernels of two operands are plain C++ to the bit, at every length and in every form of a row.
#include "kernels/binary/binary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::Binary;
using kernels::BinaryKernels;

template <class T>
std::vector<TestedVariant<BinaryKernels<T>>> variants() {
  const TestedVariant<BinaryKernels<T>> all[] = {
#define RONDO_BINARY(isa) {Isa::isa, #isa, &kernels::select_binary<T>(Isa::isa)},
#include "kernels/binary/binary.inc"
#undef RONDO_BINARY
  };
  return runnable<BinaryKernels<T>>(all);
}

template <class T>
T expected(Binary f, T a, T b) {
  switch (f) {
    case Binary::add:
      return a + b;
    case Binary::sub:
      return a - b;
    case Binary::mul:
      return a * b;
    case Binary::div:
      return a / b;
    case Binary::prelu:
      return a < 0 ? b * a : a;
  }
  return 0;
}

// Every eighth number is one of those that need care.
template <class T>
std::vector<T> numbers(std::size_t n, unsigned seed) {
  using L = std::numeric_limits<T>;
  const T special[] = {0, T(-0.0), L::infinity(), -L::infinity(), L::quiet_NaN(), L::denorm_min(), L::max(), 1};
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> draw(-4, 4);
  std::vector<T> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = random() % 8 == 0 ? special[random() % 8] : draw(random);
  return out;
}

template <class T>
bool same(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof(T)) == 0;
}

template <class T>
void check(const BinaryKernels<T>& k, Binary f, std::size_t n, std::int64_t a_step, std::int64_t b_step) {
  const auto a = numbers<T>(n + 1, static_cast<unsigned>(n)), b = numbers<T>(n + 1, static_cast<unsigned>(n + 99));
  const T untouched = 77;
  std::vector<T> y(n + 1, untouched);
  k.apply(f, {a.data(), a_step, b.data(), b_step, y.data(), static_cast<std::int64_t>(n)});
  for (std::size_t i = 0; i < n; ++i) {
    const T want = expected(f, a[a_step == 0 ? 0 : i], b[b_step == 0 ? 0 : i]);
    ASSERT_TRUE(same(y[i], want)) << "function " << static_cast<int>(f) << ", n " << n << ", element " << i << ": got "
                                  << y[i] << ", expected " << want;
  }
  EXPECT_EQ(y[n], untouched);
}

template <class T>
void check_all() {
  for (const auto& v : variants<T>()) {
    SCOPED_TRACE(v.symbol);
    EXPECT_STREQ(v.kernels->name, v.symbol);
    for (const Binary f : {Binary::add, Binary::sub, Binary::mul, Binary::div, Binary::prelu})
      for (std::size_t n = 0; n < 70; ++n)
        for (const std::int64_t steps : {0, 1, 2, 3}) check(*v.kernels, f, n, steps & 1, steps >> 1);
  }
}

TEST(Binary, FloatIsPlainArithmetic) { check_all<float>(); }
TEST(Binary, DoubleIsPlainArithmetic) { check_all<double>(); }

}  // namespace
}  // namespace rondo::tests
