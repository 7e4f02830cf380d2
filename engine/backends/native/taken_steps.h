// The steps that the rows of a batch take, numbered by time and then by row, so that what is made of them stands
// without gaps: for the gradient of a recurrent layer, whose products sum over them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "ops/recurrent.h"

namespace rondo::native {

class TakenSteps {
 public:
  // lens: as check_sequence_lens lets pass, or empty. first: memory for T + 1 numbers, not used without lens.
  TakenSteps(const ops::RecurrentSpec& spec, std::span<const std::int32_t> lens, std::int64_t* first)
      : N_(spec.N), T_(spec.T), lens_(lens), first_(first) {
    if (lens.empty()) return;
    first_[0] = 0;
    for (std::int64_t t = 0; t < T_; ++t) first_[t + 1] = first_[t] + rank(t, N_);
  }

  std::int64_t count() const noexcept { return first_of(T_); }
  bool all() const noexcept { return count() == T_ * N_; }
  // The number of a step that is taken.
  std::int64_t at(std::int64_t t, std::int64_t n) const noexcept { return first_of(t) + rank(t, n); }

  // f(t, n) for the steps numbered [begin, end), in their order.
  template <class F>
  void for_each(std::int64_t begin, std::int64_t end, F&& f) const {
    std::int64_t t = time_of(begin);
    for (std::int64_t number = begin < end ? first_of(t) : end; number < end; ++t)
      for (std::int64_t n = 0; n < N_ && number < end; ++n) {
        if (!lens_.empty() && lens_[static_cast<std::size_t>(n)] <= t) continue;
        if (number++ >= begin) f(t, n);
      }
  }

 private:
  std::int64_t first_of(std::int64_t t) const noexcept { return lens_.empty() ? t * N_ : first_[t]; }
  // How many of the rows before n take step t.
  std::int64_t rank(std::int64_t t, std::int64_t n) const noexcept {
    if (lens_.empty()) return n;
    return std::count_if(lens_.begin(), lens_.begin() + n, [t](std::int32_t length) { return length > t; });
  }
  std::int64_t time_of(std::int64_t number) const noexcept {
    if (lens_.empty()) return N_ == 0 ? 0 : number / N_;
    return std::upper_bound(first_, first_ + T_ + 1, number) - first_ - 1;
  }

  std::int64_t N_, T_;
  std::span<const std::int32_t> lens_;
  std::int64_t* first_;
};

}  // namespace rondo::native
