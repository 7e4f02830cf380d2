#include "tools/rondo/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

namespace rondo::tool {
namespace {

std::atomic<bool> held{false}, pending{false}, graceful{false}, asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void leave() {
  constexpr std::string_view kLine = "interrupted\n";
  (void)!::write(STDERR_FILENO, kLine.data(), kLine.size());
  ::_exit(kInterrupted);
}

void on_signal(int) {
  // Nothing is left half done: results are printed line by line, files appear whole or not at all.
  if (graceful && !asked.exchange(true)) return;
  if (!held) leave();
  pending = true;
}

}  // namespace

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

HoldInterrupts::HoldInterrupts() { held = true; }

HoldInterrupts::~HoldInterrupts() {
  held = false;
  if (pending) leave();
}

StopFlag::StopFlag() { graceful = true; }
StopFlag::~StopFlag() { graceful = false; }
const std::atomic<bool>& StopFlag::flag() const noexcept { return asked; }

}  // namespace rondo::tool
