// A run publishes (work, context, pieces) and then a ticket: an epoch number with the index of the next piece. Whoever
// advances the index by compare-and-swap owns that piece; a late worker that still holds an old epoch fails the swap
// and touches nothing. Workers spin briefly for the next epoch, then sleep, so an idle session costs no processor time.
#include "base/thread_pool.h"

#include <algorithm>
#include <system_error>

#include "base/relax.h"

namespace rondo {
namespace {

constexpr int kSpins =
    2000;  // about ten microseconds: longer than the gap between two layers, shorter than a wake-up costs
constexpr std::uint64_t kPieceMask = 0xFFFFFFFFu;
constexpr std::uint64_t kClosed = 0x7FFFFFFFu;  // a next piece that no run reaches

}  // namespace

ThreadPool::ThreadPool(int threads) {
  const int extra = std::clamp(threads, 1, kMaxThreads) - 1;
  workers_.reserve(static_cast<std::size_t>(extra));
  try {
    for (int i = 0; i < extra; ++i) workers_.emplace_back([this] { worker(); });
  } catch (const std::system_error&) {
    // The system gives no more threads: the pool works with those it has.
  }
}

ThreadPool::~ThreadPool() {
  stop_.store(true, std::memory_order_release);
  wake_.fetch_add(1, std::memory_order_release);
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
  ticket_.store(epoch << 32, std::memory_order_release);
  wake_.fetch_add(1, std::memory_order_release);
  wake_.notify_all();
  take_pieces(epoch);
  while (done_.load(std::memory_order_acquire) < pieces) relax();
  busy_.store(false, std::memory_order_release);
}

void ThreadPool::worker() {
  std::uint32_t seen = 0;
  while (true) {
    std::uint32_t now = wake_.load(std::memory_order_acquire);
    for (int i = 0; i < kSpins && now == seen; ++i) {
      relax();
      now = wake_.load(std::memory_order_acquire);
    }
    if (now == seen) {
      wake_.wait(seen, std::memory_order_acquire);
      continue;
    }
    if (stop_.load(std::memory_order_acquire)) return;
    seen = now;
    take_pieces(ticket_.load(std::memory_order_acquire) >> 32);
  }
}

}  // namespace rondo
