// Ctrl-C ends the command at once with exit code 130, except while a file is being put in place.
#pragma once

#include <atomic>

namespace rondo::tool {

inline constexpr int kInterrupted = 130;

// SIGINT and SIGTERM from here on; SIGPIPE becomes a failed write.
void watch_interrupts();

// While one lives, an interrupt waits until its end.
class HoldInterrupts {
 public:
  HoldInterrupts();
  ~HoldInterrupts();
  HoldInterrupts(const HoldInterrupts&) = delete;
  HoldInterrupts& operator=(const HoldInterrupts&) = delete;
};

// While one lives, the first interrupt only sets its flag, for work that ends at a moment of its own; the second ends
// the command at once.
class StopFlag {
 public:
  StopFlag();
  ~StopFlag();
  StopFlag(const StopFlag&) = delete;
  StopFlag& operator=(const StopFlag&) = delete;
  const std::atomic<bool>& flag() const noexcept;
};

}  // namespace rondo::tool
