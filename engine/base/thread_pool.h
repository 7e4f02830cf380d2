// A pool for short, equal pieces of work inside one run. One caller at a time uses a pool; a second caller that finds
// it busy runs its pieces alone, so sessions shared between threads never wait for each other.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace rondo {

class ThreadPool {
 public:
  // threads counts the calling thread: 1 starts none. Never more than kMaxThreads, nor than the system gives: see
  // size().
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const noexcept { return static_cast<int>(workers_.size()) + 1; }

  // Calls work(context, piece) once for every piece in [0, pieces), in any order and on any thread, and returns when
  // all are done. Pieces must not throw. Does not allocate.
  using Work = void (*)(void* context, int piece);
  void run(int pieces, Work work, void* context) noexcept;

  template <class F>
  void for_each(int pieces, F&& f) noexcept {
    run(
        pieces, [](void* context, int piece) { (*static_cast<std::remove_reference_t<F>*>(context))(piece); }, &f);
  }

  static constexpr int kMaxThreads = 256;

 private:
  void worker();
  void take_pieces(std::uint64_t epoch) noexcept;

  std::vector<std::thread> workers_;
  std::atomic<bool> busy_{false};
  std::atomic<std::uint64_t> ticket_{0};  // epoch in the upper half, next piece in the lower
  std::atomic<int> done_{0};
  std::atomic<int> pieces_{0};
  std::atomic<Work> work_{nullptr};
  std::atomic<void*> context_{nullptr};
  std::atomic<std::uint32_t> wake_{0};  // changes with every run and at the end: what sleeping workers wait on
  std::atomic<bool> stop_{false};
};

}  // namespace rondo
