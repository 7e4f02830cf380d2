#include "kernels/lstm_cell/lstm_cell.h"

#include <gtest/gtest.h>

#include "cell_cases.h"
#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::LstmCell;
using kernels::LstmCellKernels;
using kernels::LstmSlot;
using kernels::LstmStep;
using kernels::LstmStepFunction;

// The order of ONNX: i, o, f, c.
enum Gate { kI, kO, kF, kC, kGateCount };

std::vector<int> gates_of_slots() {
  std::vector<int> gates(LstmSlot::count);
  gates[LstmSlot::input] = kI;
  gates[LstmSlot::output] = kO;
  gates[LstmSlot::forget] = kF;
  gates[LstmSlot::candidate] = kC;
  return gates;
}

template <class T>
std::vector<TestedVariant<LstmCellKernels<T>>> variants() {
  const TestedVariant<LstmCellKernels<T>> all[] = {
#define RONDO_LSTM_CELL(isa) {Isa::isa, #isa, &kernels::select_lstm_cell<T>(Isa::isa)},
#include "kernels/lstm_cell/lstm_cell.inc"
#undef RONDO_LSTM_CELL
  };
  return runnable<LstmCellKernels<T>>(all);
}

template <class T>
struct State {
  Block<T> h, c;
};

template <class T>
struct Problem {
  CellSize size;
  std::vector<T> r, peepholes;  // P in ONNX order: i, o, f
  Block<T> x, h, c;

  Problem(CellSize s, unsigned seed) : size(s), x(0, 0), h(0, 0), c(0, 0) {
    std::mt19937 random(seed);
    r = random_values<T>(random, kGateCount * s.hidden * s.hidden, 1.0 / std::sqrt(double(s.hidden)));
    peepholes = random_values<T>(random, 3 * s.hidden, 1);
    x = Block<T>(random, s.rows, kGateCount * s.hidden, 2);
    h = Block<T>(random, s.rows, s.hidden, 1);
    c = Block<T>(random, s.rows, s.hidden, 1);
  }

  LstmCell<T> cell_with_peepholes(LstmCell<T> cell) const {
    cell.p_input = peepholes.data();
    cell.p_output = peepholes.data() + size.hidden;
    cell.p_forget = peepholes.data() + 2 * size.hidden;
    return cell;
  }

  State<T> run(const LstmCellKernels<T>& k, LstmStepFunction<T> step, const LstmCell<T>& cell, const Split& split,
               bool c_in_place = false) const {
    const std::vector<int> gates = gates_of_slots();
    const kernels::PanelColumns columns{size.hidden, k.lanes, LstmSlot::count, gates.data()};
    const std::vector<T> packed = packed_recurrent(r, columns);
    const Block<T> xp = packed_rows(x, size.rows, columns);
    State<T> next{Block<T>(size.rows, size.hidden), Block<T>(size.rows, size.hidden)};
    if (c_in_place) next.c = c;
    for_each_piece(split, size.rows, columns.panels(), [&](const kernels::StepRange& range) {
      step(LstmStep<T>{size.hidden, range, packed.data(), in(xp), in(h), c_in_place ? in(next.c) : in(c), out(next.h),
                       out(next.c), &cell});
    });
    return next;
  }

  void expect_right(const State<T>& next, const LstmCell<T>& cell, const std::string& what) const {
    for (std::int64_t n = 0; n < size.rows; ++n)
      for (std::int64_t u = 0; u < size.hidden; ++u) {
        const auto gate = [&](int g, const ActivationFunction& f, const T* p, double state) {
          const double sum = double(x.at(n, g * size.hidden + u)) + recurrent_sum(r, size.hidden, g, u, row_of(h, n));
          return exact<double>(f, bounded(sum + (p != nullptr ? double(p[u]) * state : 0), double(cell.clip)));
        };
        const double before = double(c.at(n, u));
        const double i = gate(kI, cell.f, cell.p_input, before);
        const double f = cell.input_forget ? 1 - i : gate(kF, cell.f, cell.p_forget, before);
        const double after = f * before + i * gate(kC, cell.g, nullptr, 0);
        const double o = gate(kO, cell.f, cell.p_output, after);
        const double want = o * exact<double>(cell.h, after);
        const double scale = std::fmax(1, std::fmax(std::fabs(after), std::fabs(want)));
        ASSERT_NEAR(next.c.at(n, u), after, tolerance<T>() * scale)
            << what << " H " << size.hidden << " row " << n << " unit " << u;
        ASSERT_NEAR(next.h.at(n, u), want, tolerance<T>() * scale)
            << what << " H " << size.hidden << " row " << n << " unit " << u;
      }
    EXPECT_TRUE(next.c.gaps_untouched() && next.h.gaps_untouched()) << what;
  }
};

template <class T>
LstmCell<T> default_cell() {
  return {kSigmoid, kTanh, kTanh, kNoClip<T>, false, nullptr, nullptr, nullptr};
}

template <class T>
class LstmCellKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(LstmCellKernel, Types);

TYPED_TEST(LstmCellKernel, DefaultStepIsTheFormula) {
  using T = TypeParam;
  for (const auto& v : variants<T>()) {
    ASSERT_EQ(v.kernels->step_for(default_cell<T>()), v.kernels->default_step);
    for (const CellSize size : cell_sizes()) {
      const Problem<T> p(size, 1);
      const auto cell = default_cell<T>();
      p.expect_right(p.run(*v.kernels, v.kernels->default_step, cell, splits()[0]), cell, v.symbol);
      p.expect_right(p.run(*v.kernels, v.kernels->default_step, cell, splits()[0], true), cell, "c in place");
    }
  }
}

TYPED_TEST(LstmCellKernel, EveryActivationClipPeepholeAndInputForget) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (std::size_t i = 0; i < 44; ++i) {
      const Problem<T> p({21, 5}, 2);
      LstmCell<T> cell{some_activation(i),
                       some_activation(i + 3),
                       some_activation(i + 7),
                       kNoClip<T>,
                       i >= 22,
                       nullptr,
                       nullptr,
                       nullptr};
      if (i % 3 == 1) cell.clip = T(0.5);
      if (i % 2 == 1) cell = p.cell_with_peepholes(cell);
      ASSERT_EQ(v.kernels->step_for(cell), v.kernels->any_step);
      p.expect_right(p.run(*v.kernels, v.kernels->any_step, cell, splits()[0]), cell,
                     v.symbol + std::string(" case ") + std::to_string(i));
    }
}

TYPED_TEST(LstmCellKernel, EveryDepartureFromTheDefaultIsHonoured) {
  using T = TypeParam;
  const Problem<T> p({17, 3}, 5);
  std::vector<LstmCell<T>> cells(7, default_cell<T>());
  cells[0].clip = T(0.25);
  cells[1].input_forget = true;
  cells[2].p_input = p.peepholes.data();
  cells[3].p_output = p.peepholes.data();
  cells[4].p_forget = p.peepholes.data();
  cells[5].g = {Activation::relu, 0, 0};
  cells[6].h = {Activation::softsign, 0, 0};
  for (const auto& v : variants<T>())
    for (std::size_t i = 0; i < cells.size(); ++i)
      p.expect_right(p.run(*v.kernels, v.kernels->step_for(cells[i]), cells[i], splits()[0]), cells[i],
                     v.symbol + std::string(" departure ") + std::to_string(i));
}

TYPED_TEST(LstmCellKernel, BitsDoNotDependOnTheSplit) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (const CellSize size : cell_sizes()) {
      const Problem<T> p(size, 3);
      for (const bool any : {false, true}) {
        const auto cell = any ? p.cell_with_peepholes(default_cell<T>()) : default_cell<T>();
        const auto step = v.kernels->step_for(cell);
        const State<T> whole = p.run(*v.kernels, step, cell, splits()[0]);
        for (const Split& split : splits()) {
          const State<T> parts = p.run(*v.kernels, step, cell, split);
          ASSERT_TRUE(same_bits(whole.h, parts.h) && same_bits(whole.c, parts.c))
              << v.symbol << " H " << size.hidden << " N " << size.rows << " split by " << split.name;
        }
      }
    }
}

TYPED_TEST(LstmCellKernel, HugeAndNanInputsStayInTheirRow) {
  using T = TypeParam;
  const std::int64_t hidden = 9;
  for (const auto& v : variants<T>())
    for (const bool any : {false, true}) {
      Problem<T> p({hidden, 4}, 6);
      for (std::int64_t c = 0; c < p.x.columns; ++c) {
        p.x.at(1, c) = c % 2 == 0 ? std::numeric_limits<T>::max() : -std::numeric_limits<T>::max();
        p.x.at(2, c) = std::numeric_limits<T>::quiet_NaN();
      }
      LstmCell<T> cell = default_cell<T>();
      if (any) cell.clip = 3;
      const State<T> next = p.run(*v.kernels, v.kernels->step_for(cell), cell, splits()[0]);
      for (std::int64_t u = 0; u < hidden; ++u) {
        EXPECT_TRUE(std::isfinite(next.h.at(0, u)) && std::isfinite(next.c.at(0, u)));
        EXPECT_TRUE(std::isfinite(next.h.at(1, u)) && std::isfinite(next.c.at(1, u))) << v.symbol;
        EXPECT_TRUE(std::isnan(next.h.at(2, u)) && std::isnan(next.c.at(2, u))) << v.symbol;
        EXPECT_TRUE(std::isfinite(next.h.at(3, u)) && std::isfinite(next.c.at(3, u)));
      }
    }
}

TYPED_TEST(LstmCellKernel, EachInstructionSetSelectsItsOwnVariant) {
  for (const auto& v : variants<TypeParam>()) EXPECT_STREQ(v.kernels->name, v.symbol);
}

}  // namespace
}  // namespace rondo::tests
