// A run publishes (work, context, pieces) and then a ticket: an epoch number with the index of the next piece. Whoever
// advances the index by compare-and-swap owns that piece; a late worker that still holds an old epoch fails the swap
// and touches nothing. Workers spin briefly for the next epoch, then sleep, so an idle session costs no processor time.
#include "base/thread_pool.h"

#include <algorithm>

namespace rondo {
namespace {

constexpr int kSpins =
    2000;  // about ten microseconds: longer than the gap between two layers, shorter than a wake-up costs
constexpr std::uint64_t kPieceMask = 0xFFFFFFFFu;
constexpr std::uint64_t kClosed = 0x7FFFFFFFu;  // a next piece that no run reaches

void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  const int extra = std::clamp(threads, 1, kMaxThreads) - 1;
  workers_.reserve(static_cast<std::size_t>(extra));
  for (int i = 0; i < extra; ++i) workers_.emplace_back([this] { worker(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& t : workers_) t.join();
}

void ThreadPool::take_pieces(std::uint64_t epoch) noexcept {
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while ((ticket >> 32) == epoch) {
    const int piece = static_cast<int>(ticket & kPieceMask);
    if (piece >= pieces_.load(std::memory_order_acquire)) return;
    const Work work = work_.load(std::memory_order_relaxed);
    void* context = context_.load(std::memory_order_relaxed);
    if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel, std::memory_order_acquire))
      continue;
    work(context, piece);
    done_.fetch_add(1, std::memory_order_release);
    ticket = ticket_.load(std::memory_order_acquire);
  }
}

void ThreadPool::run(int pieces, Work work, void* context) noexcept {
  if (workers_.empty() || pieces <= 1 || busy_.exchange(true, std::memory_order_acquire)) {
    for (int i = 0; i < pieces; ++i) work(context, i);
    return;
  }
  const std::uint64_t old = ticket_.load(std::memory_order_relaxed) >> 32;
  const std::uint64_t epoch = (old + 1) & kPieceMask;
  // The old epoch closes before its description changes, so a late swap on it fails.
  ticket_.store(old << 32 | kClosed, std::memory_order_release);
  done_.store(0, std::memory_order_relaxed);
  work_.store(work, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  pieces_.store(pieces, std::memory_order_release);
  {
    const std::lock_guard lock(mutex_);
    ticket_.store(epoch << 32, std::memory_order_release);
  }
  wake_.notify_all();
  take_pieces(epoch);
  while (done_.load(std::memory_order_acquire) < pieces) relax();
  busy_.store(false, std::memory_order_release);
}

void ThreadPool::worker() {
  std::uint64_t seen = 0;
  while (true) {
    std::uint64_t epoch = ticket_.load(std::memory_order_acquire) >> 32;
    for (int i = 0; i < kSpins && epoch == seen; ++i) {
      relax();
      epoch = ticket_.load(std::memory_order_acquire) >> 32;
    }
    if (epoch == seen) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || (ticket_.load(std::memory_order_acquire) >> 32) != seen; });
      if (stop_) return;
      continue;
    }
    seen = epoch;
    take_pieces(epoch);
  }
}

}  // namespace rondo
