// Seeded random numbers that are the same on every platform and compiler: splitmix64 over a counter. Every (seed,
// stream) is a sequence of its own, so that a draw added to one stream moves no other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rondo::oracle {

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : key_(mix(seed + kStep) ^ mix(mix(stream + 1))) {}

  std::uint64_t next() { return mix(key_ + kStep * ++counter_); }

  // Uniform in 0 .. bound - 1; bound is at least 1.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
  }
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  double uniform(double low, double high) { return low + (high - low) * (static_cast<double>(next() >> 11) * 0x1p-53); }
  bool chance(double probability) { return uniform(0, 1) < probability; }
  template <class T, std::size_t count>
  T pick(const std::array<T, count>& table) {
    return table[static_cast<std::size_t>(below(count))];
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15u;

  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace rondo::oracle
