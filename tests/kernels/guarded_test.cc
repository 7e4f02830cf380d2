// Kernels on memory that ends, or begins, where a page without access does: one element too far is a crash here, also
// from masked vector instructions, which sanitizers do not see.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

#include "base/cpu.h"
#include "cell_cases.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gru_cell/gru_cell.h"
#include "kernels/lstm_cell/lstm_cell.h"
#include "kernels/rnn_cell/rnn_cell.h"

namespace rondo::tests {
namespace {

enum class Flush { begin, end };

// n elements of 0.5 between two pages without access.
template <class T>
class Guarded {
 public:
  Guarded(std::int64_t n, Flush flush) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(T);
    const std::size_t inner = (bytes + page) / page * page;
    size_ = inner + 2 * page;
    void* p = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<std::byte*>(p);
    if (mprotect(base_ + page, inner, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    data_ = reinterpret_cast<T*>(base_ + page + (flush == Flush::end ? inner - bytes : 0));
    for (std::int64_t i = 0; i < n; ++i) data_[i] = T(0.5);
  }
  ~Guarded() { munmap(base_, size_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  T* data() const { return data_; }

 private:
  std::byte* base_;
  std::size_t size_;
  T* data_;
};

constexpr Isa kIsas[] = {Isa::scalar, Isa::avx2, Isa::avx512};
constexpr std::int64_t kHiddens[] = {1, 5, 8, 11, 16, 19, 33};

template <class F>
void for_each_case(F f) {
  for (const Isa isa : kIsas)
    for (const Flush flush : {Flush::begin, Flush::end})
      for (const std::int64_t h : kHiddens)
        for (const std::int64_t rows : {1, 4})
          if (isa <= detected_isa()) f(isa, flush, h, rows);
}

template <class T>
class GuardedKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(GuardedKernel, Types);

TYPED_TEST(GuardedKernel, Activation) {
  using T = TypeParam;
  for_each_case([](Isa isa, Flush flush, std::int64_t n, std::int64_t) {
    const Guarded<T> x(n, flush), y(n, flush);
    const auto& k = kernels::select_activation<T>(isa);
    k.apply(kTanh, x.data(), y.data(), n);
    k.exp(x.data(), y.data(), n);
    EXPECT_NEAR(y.data()[n - 1], std::exp(0.5), 1e-6);
  });
}

TYPED_TEST(GuardedKernel, Gemm) {
  using T = TypeParam;
  for_each_case([](Isa isa, Flush flush, std::int64_t n, std::int64_t rows) {
    const auto& k = kernels::select_gemm<T>(isa);
    const std::int64_t depth = 3, panels = (n + k.panel_columns - 1) / k.panel_columns;
    const Guarded<T> a(rows * depth, flush), b(panels * depth * k.panel_columns, flush), bias(n, flush),
        c(rows * n, flush);
    k.multiply({depth, n, 0, rows, 0, panels, a.data(), depth, 1, b.data(), bias.data(), 0, c.data(), n});
    EXPECT_EQ(c.data()[rows * n - 1], T(1.25));
  });
}

TYPED_TEST(GuardedKernel, RecurrentSteps) {
  using T = TypeParam;
  for_each_case([](Isa isa, Flush flush, std::int64_t h, std::int64_t rows) {
    const auto& lstm = kernels::select_lstm_cell<T>(isa);
    const auto& gru = kernels::select_gru_cell<T>(isa);
    const auto& rnn = kernels::select_rnn_cell<T>(isa);
    const std::int64_t panels = (h + lstm.lanes - 1) / lstm.lanes, padded = panels * lstm.lanes;
    const kernels::StepRange range{rows, nullptr, 0, panels, false};
    const Guarded<T> before(rows * h, flush), c(rows * h, flush), after(rows * h, flush), z(rows * h, flush),
        reset(rows * h, flush), peephole(h, flush), bias(padded, flush);
    const auto with = [&](int start_slots, int slots, auto step) {
      const Guarded<T> xp(rows * padded * start_slots, flush), r(padded * h * slots, flush);
      after.data()[rows * h - 1] = 77;
      step(kernels::Rows<const T>{xp.data(), padded * start_slots}, r.data());
      EXPECT_NE(after.data()[rows * h - 1], T(77));
    };
    const kernels::Rows<const T> h_prev{before.data(), h}, c_prev{c.data(), h};
    const kernels::Rows<T> h_next{after.data(), h}, c_next{c.data(), h};
    const kernels::LstmCell<T> lstm_cell{kSigmoid, kTanh,           kTanh,           T(1),
                                         false,    peephole.data(), peephole.data(), peephole.data()};
    for (const auto step : {lstm.default_step, lstm.any_step})
      with(4, 4, [&](kernels::Rows<const T> xp, const T* r) {
        step({h, range, r, xp, h_prev, c_prev, h_next, c_next, &lstm_cell});
      });
    with(1, 1, [&](kernels::Rows<const T> xp, const T* r) {
      rnn.default_step({h, range, r, xp, h_prev, h_next, nullptr});
    });
    const auto gru_args = [&](kernels::Rows<const T> xp, const T* r) {
      return kernels::GruStep<T>{h,      range, r, bias.data(), xp, h_prev, h_next, {z.data(), h}, {reset.data(), h},
                                 nullptr};
    };
    const auto& steps = gru.default_steps;
    with(3, 3, [&](kernels::Rows<const T> xp, const T* r) { steps.reset_after(gru_args(xp, r)); });
    const Guarded<T> xp(rows * padded * 3, flush), r(padded * h * 2, flush);
    steps.gates(gru_args({xp.data(), padded * 3}, r.data()));
    with(3, 1, [&](kernels::Rows<const T> start, const T* packed) { steps.candidate(gru_args(start, packed)); });
  });
}

}  // namespace
}  // namespace rondo::tests
