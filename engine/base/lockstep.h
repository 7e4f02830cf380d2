// Threads that go through one list of phases together, each phase cut into as many parts as there are members. A part
// is its member's own, so what it reads again in every phase stays in that core's cache; but nobody depends on a member
// being there: whoever has waited in vain for a part to be begun takes it. A member that comes late finds the phases
// before done and runs through them; alone, one member does everything. There is no lock, and a wait that lasts gives
// the processor away.
//
// All members call phase() with the same numbers 0, 1, 2 ... in order. A phase begins when the one before it is done,
// so what a part writes is seen by every part of the next phase.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <thread>

#include "base/relax.h"

namespace rondo {

// A word has a cache line for itself: the claim is its owner's alone unless the owner is late.
struct alignas(64) LockstepWord {
  std::atomic<std::int64_t> next{0};  // the first phase whose part is not claimed, or not done
};

class Lockstep {
 public:
  static constexpr std::size_t bytes(int members) noexcept {
    return static_cast<std::size_t>(members) * 2 * sizeof(LockstepWord);
  }
  // Before any member comes: memory of bytes(members) bytes, 64-byte aligned, becomes the team's.
  static void prepare(void* memory, int members) noexcept {
    for (int i = 0; i < 2 * members; ++i) new (static_cast<LockstepWord*>(memory) + i) LockstepWord;
  }
  Lockstep(void* prepared, int members) noexcept : words_(static_cast<LockstepWord*>(prepared)), members_(members) {}

  // f(part): the part of `self`, and any part that nobody begins. Returns when all parts are done.
  template <class F>
  void phase(int self, std::int64_t number, F&& f) const noexcept {
    if (members_ == 1) return f(0);
    take(self, number, f);
    // The own part too: another member may have taken it and be at it still.
    for (int i = 0; i < members_; ++i) wait((self + i) % members_, number, f);
  }

 private:
  std::atomic<std::int64_t>& claimed(int part) const noexcept { return words_[2 * part].next; }
  std::atomic<std::int64_t>& done(int part) const noexcept { return words_[2 * part + 1].next; }

  template <class F>
  void take(int part, std::int64_t number, F& f) const noexcept {
    std::int64_t expected = number;
    if (!claimed(part).compare_exchange_strong(expected, number + 1, std::memory_order_acq_rel)) return;
    f(part);
    done(part).store(number + 1, std::memory_order_release);
  }

  template <class F>
  void wait(int part, std::int64_t number, F& f) const noexcept {
    for (std::int64_t looks = 0; done(part).load(std::memory_order_acquire) <= number; ++looks) {
      if (looks == kPatience) take(part, number, f);
      if (looks < kSpins)
        relax();
      else
        std::this_thread::yield();
    }
  }

  static constexpr std::int64_t kPatience = 100;  // about a microsecond: ten times what a member in step needs
  static constexpr std::int64_t kSpins = 20'000;  // a part takes less unless its thread has lost the processor

  LockstepWord* words_;
  int members_;
};

}  // namespace rondo
