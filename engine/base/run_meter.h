// What one run may still spend, and whether somebody asked it to stop. A run context has one; the loops inside a model
// ask it before every iteration.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace rondo {

struct RunLimits {
  std::int64_t loop_iterations = std::int64_t{1} << 24;  // of all loops of one run together
  double seconds = 0;                                    // 0: no limit; looked at between iterations and between steps
};

class RunMeter {
 public:
  explicit RunMeter(const RunLimits& limits) : limits_(limits) {}

  void start() noexcept;
  // Before each iteration of a loop. Throws Error(limit).
  void iterate();
  // Before each step. Throws Error(limit).
  void check() const {
    if (stopped_.load(std::memory_order_relaxed) || limits_.seconds > 0) check_slowly();
  }
  // From any thread: the run ends with an error before its next step or iteration. The next start() takes it back.
  void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

 private:
  void check_slowly() const;

  RunLimits limits_;
  std::int64_t iterations_left_ = 0;
  std::chrono::steady_clock::time_point deadline_{};
  std::atomic<bool> stopped_{false};
};

}  // namespace rondo
