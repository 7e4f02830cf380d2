#include "kernels/rnn_cell/rnn_cell.h"

#include <gtest/gtest.h>

#include "cell_cases.h"
#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::RnnCell;
using kernels::RnnCellKernels;
using kernels::RnnStep;
using kernels::RnnStepFunction;

constexpr int kGates[] = {0};

template <class T>
std::vector<TestedVariant<RnnCellKernels<T>>> variants() {
  const TestedVariant<RnnCellKernels<T>> all[] = {
#define RONDO_RNN_CELL(isa) {Isa::isa, #isa, &kernels::select_rnn_cell<T>(Isa::isa)},
#include "kernels/rnn_cell/rnn_cell.inc"
#undef RONDO_RNN_CELL
  };
  return runnable<RnnCellKernels<T>>(all);
}

template <class T>
struct Problem {
  CellSize size;
  std::vector<T> r;
  Block<T> x, h;

  Problem(CellSize s, unsigned seed) : size(s), x(0, 0), h(0, 0) {
    std::mt19937 random(seed);
    r = random_values<T>(random, s.hidden * s.hidden, 1.0 / std::sqrt(double(s.hidden)));
    x = Block<T>(random, s.rows, s.hidden, 2);
    h = Block<T>(random, s.rows, s.hidden, 1);
  }

  Block<T> run(const RnnCellKernels<T>& k, RnnStepFunction<T> step, const RnnCell<T>& cell, const Split& split) const {
    const kernels::PanelColumns columns{size.hidden, k.lanes, 1, kGates};
    const std::vector<T> packed = packed_recurrent(r, columns);
    const Block<T> xp = packed_rows(x, size.rows, columns);
    Block<T> next(size.rows, size.hidden);
    for_each_piece(split, size.rows, columns.panels(), [&](const kernels::StepRange& range) {
      step(RnnStep<T>{size.hidden, range, packed.data(), in(xp), in(h), out(next), &cell});
    });
    return next;
  }

  void expect_right(const Block<T>& next, const RnnCell<T>& cell, const std::string& what) const {
    for (std::int64_t n = 0; n < size.rows; ++n)
      for (std::int64_t u = 0; u < size.hidden; ++u) {
        const double sum = double(x.at(n, u)) + recurrent_sum(r, size.hidden, 0, u, row_of(h, n));
        const double want = exact<double>(cell.f, bounded(sum, double(cell.clip)));
        ASSERT_NEAR(next.at(n, u), want, tolerance<T>())
            << what << " H " << size.hidden << " row " << n << " unit " << u;
      }
    EXPECT_TRUE(next.gaps_untouched()) << what;
  }
};

template <class T>
class RnnCellKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RnnCellKernel, Types);

TYPED_TEST(RnnCellKernel, DefaultStepIsTheFormula) {
  using T = TypeParam;
  const RnnCell<T> cell{kTanh, kNoClip<T>};
  for (const auto& v : variants<T>()) {
    ASSERT_EQ(v.kernels->step_for(cell), v.kernels->default_step);
    for (const CellSize size : cell_sizes()) {
      const Problem<T> p(size, 1);
      p.expect_right(p.run(*v.kernels, v.kernels->default_step, cell, splits()[0]), cell, v.symbol);
    }
  }
}

TYPED_TEST(RnnCellKernel, EveryActivationAndClip) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (std::size_t i = 0; i < 22; ++i) {
      const RnnCell<T> cell{some_activation(i), i < 11 ? kNoClip<T> : T(0.5)};
      const Problem<T> p({21, 5}, 2);
      p.expect_right(p.run(*v.kernels, v.kernels->any_step, cell, splits()[0]), cell,
                     v.symbol + std::string(" case ") + std::to_string(i));
    }
}

TYPED_TEST(RnnCellKernel, BitsDoNotDependOnTheSplit) {
  using T = TypeParam;
  const RnnCell<T> cell{kTanh, kNoClip<T>};
  for (const auto& v : variants<T>())
    for (const CellSize size : cell_sizes()) {
      const Problem<T> p(size, 3);
      const Block<T> whole = p.run(*v.kernels, v.kernels->default_step, cell, splits()[0]);
      for (const Split& split : splits())
        ASSERT_TRUE(same_bits(whole, p.run(*v.kernels, v.kernels->default_step, cell, split)))
            << v.symbol << " H " << size.hidden << " N " << size.rows << " split by " << split.name;
    }
}

// Tells the variants apart by what they compute: only a fused multiply-add keeps the last bits of this product.
TYPED_TEST(RnnCellKernel, TheSelectedVariantIsTheOneThatRuns) {
  using T = TypeParam;
  const RnnCell<T> identity{{Activation::affine, 1, 0}, kNoClip<T>};
  const T small = std::numeric_limits<T>::epsilon() * 2;
  for (const auto& v : variants<T>()) {
    EXPECT_STREQ(v.kernels->name, v.symbol);
    EXPECT_EQ(v.kernels->lanes * static_cast<int>(sizeof(T)), v.isa == Isa::avx2 ? 32 : 64);
    Problem<T> p({1, 1}, 4);
    p.r = {1 + small};
    p.h.at(0, 0) = 1 - small;
    p.x.at(0, 0) = -1;
    const Block<T> next = p.run(*v.kernels, v.kernels->any_step, identity, splits()[0]);
    EXPECT_EQ(next.at(0, 0), v.isa == Isa::scalar ? T(0) : -small * small) << v.symbol;
  }
}

}  // namespace
}  // namespace rondo::tests
