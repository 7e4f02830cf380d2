// Random numbers that are a function of what they are for - seed, purpose, epoch, index - and of nothing that happened
// before, so that a run resumes anywhere with the same numbers. For shuffling, splits and dropout.
#pragma once

#include <cstdint>

namespace rondo {

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): each bit of x changes each bit of the result.
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// A sequence of 64 random bits for each index, one sequence for each seed and pair of numbers.
class RandomSequence {
 public:
  constexpr RandomSequence(std::uint64_t seed, std::uint64_t purpose, std::uint64_t number = 0) noexcept
      : key_(mixed(mixed(mixed(seed + kStep) ^ (purpose * kStep)) ^ (number + 1) * 0xd1342543de82ef95u)) {}

  constexpr std::uint64_t bits(std::uint64_t index) const noexcept { return mixed(key_ + (index + 1) * kStep); }
  // 0 to bound - 1; a bound below 2^32 is met evenly but for one part in 2^32.
  constexpr std::uint64_t below(std::uint64_t bound, std::uint64_t index) const noexcept {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits(index)) * bound) >> 64);
  }
  // In [0, 1), of 53 bits.
  constexpr double unit(std::uint64_t index) const noexcept { return static_cast<double>(bits(index) >> 11) * 0x1p-53; }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15u;
  std::uint64_t key_;
};

}  // namespace rondo
