#include "kernels/gru_cell/gru_cell.h"

#include <gtest/gtest.h>

#include "cell_cases.h"
#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::GruCell;
using kernels::GruCellKernels;
using kernels::GruSlot;
using kernels::GruStep;
using kernels::GruSteps;
using kernels::PanelColumns;

// The order of ONNX: z, r, h.
enum Gate { kZ, kR, kH, kGateCount };

std::vector<int> gates_of_slots() {
  std::vector<int> gates(GruSlot::count);
  gates[GruSlot::update] = kZ;
  gates[GruSlot::reset] = kR;
  gates[GruSlot::candidate] = kH;
  return gates;
}

template <class T>
std::vector<TestedVariant<GruCellKernels<T>>> variants() {
  const TestedVariant<GruCellKernels<T>> all[] = {
#define RONDO_GRU_CELL(isa) {Isa::isa, #isa, &kernels::select_gru_cell<T>(Isa::isa)},
#include "kernels/gru_cell/gru_cell.inc"
#undef RONDO_GRU_CELL
  };
  return runnable<GruCellKernels<T>>(all);
}

template <class T>
struct Problem {
  CellSize size;
  bool linear_before_reset;
  std::vector<T> r, bias;  // bias: Rb of the candidate
  Block<T> x, h;

  Problem(CellSize s, bool linear, unsigned seed) : size(s), linear_before_reset(linear), x(0, 0), h(0, 0) {
    std::mt19937 random(seed);
    r = random_values<T>(random, kGateCount * s.hidden * s.hidden, 1.0 / std::sqrt(double(s.hidden)));
    bias = random_values<T>(random, s.hidden, 1);
    x = Block<T>(random, s.rows, kGateCount * s.hidden, 2);
    h = Block<T>(random, s.rows, s.hidden, 1);
  }

  Block<T> run(const GruCellKernels<T>& k, const GruSteps<T>& steps, const GruCell<T>& cell, const Split& split) const {
    const std::vector<int> gates = gates_of_slots();
    const PanelColumns columns{size.hidden, k.lanes, GruSlot::count, gates.data()};
    const PanelColumns both{size.hidden, k.lanes, 2, gates.data()};
    const PanelColumns last{size.hidden, k.lanes, 1, gates.data() + GruSlot::candidate};
    const int whole[] = {0};
    const PanelColumns units{size.hidden, k.lanes, 1, whole};
    std::vector<T> packed_bias(static_cast<std::size_t>(units.count()));
    kernels::add_packed_vector(bias.data(), units, packed_bias.data());
    const Block<T> xp = packed_rows(x, size.rows, columns);
    Block<T> next(size.rows, size.hidden), z(size.rows, size.hidden), reset_h(size.rows, size.hidden);
    const auto phase = [&](kernels::GruStepFunction<T> step, const PanelColumns& slots) {
      const std::vector<T> packed = packed_recurrent(r, slots);
      for_each_piece(split, size.rows, columns.panels(), [&](const kernels::StepRange& range) {
        step(GruStep<T>{size.hidden, range, packed.data(), packed_bias.data(), in(xp), in(h), out(next), out(z),
                        out(reset_h), &cell});
      });
    };
    if (linear_before_reset) {
      phase(steps.reset_after, columns);
    } else {
      phase(steps.gates, both);
      phase(steps.candidate, last);
      EXPECT_TRUE(z.gaps_untouched() && reset_h.gaps_untouched());
    }
    return next;
  }

  void expect_right(const Block<T>& next, const GruCell<T>& cell, const std::string& what) const {
    for (std::int64_t n = 0; n < size.rows; ++n) {
      const std::vector<double> before = row_of(h, n);
      const auto projected = [&](int g, std::int64_t u) { return double(x.at(n, g * size.hidden + u)); };
      const auto gate = [&](int g, std::int64_t u) {
        const double sum = projected(g, u) + recurrent_sum(r, size.hidden, g, u, before);
        return exact<double>(cell.f, bounded(sum, double(cell.clip)));
      };
      std::vector<double> reset = before;
      for (std::int64_t u = 0; u < size.hidden; ++u) reset[static_cast<std::size_t>(u)] *= gate(kR, u);
      for (std::int64_t u = 0; u < size.hidden; ++u) {
        const double after = recurrent_sum(r, size.hidden, kH, u, before) + double(bias[static_cast<std::size_t>(u)]);
        const double recurrent =
            linear_before_reset ? gate(kR, u) * after : recurrent_sum(r, size.hidden, kH, u, reset);
        const double c = exact<double>(cell.g, bounded(projected(kH, u) + recurrent, double(cell.clip)));
        const double z = gate(kZ, u);
        const double want = (1 - z) * c + z * before[static_cast<std::size_t>(u)];
        const double scale =
            std::fmax(1, std::fabs(c)) * std::fmax(1, std::fabs(z)) * std::fmax(1, std::fabs(recurrent));
        ASSERT_NEAR(next.at(n, u), want, tolerance<T>() * scale)
            << what << " H " << size.hidden << " row " << n << " unit " << u << " lbr " << linear_before_reset;
      }
    }
    EXPECT_TRUE(next.gaps_untouched()) << what;
  }
};

template <class T>
class GruCellKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(GruCellKernel, Types);

TYPED_TEST(GruCellKernel, DefaultStepsAreTheFormula) {
  using T = TypeParam;
  const GruCell<T> cell{kSigmoid, kTanh, kNoClip<T>};
  for (const auto& v : variants<T>()) {
    ASSERT_EQ(&v.kernels->steps_for(cell), &v.kernels->default_steps);
    for (const bool linear_before_reset : {false, true})
      for (const CellSize size : cell_sizes()) {
        const Problem<T> p(size, linear_before_reset, 1);
        p.expect_right(p.run(*v.kernels, v.kernels->default_steps, cell, splits()[0]), cell, v.symbol);
      }
  }
}

TYPED_TEST(GruCellKernel, EveryActivationAndClip) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (std::size_t i = 0; i < 44; ++i) {
      const GruCell<T> cell{some_activation(i), some_activation(i + 4), i % 3 == 1 ? T(0.5) : kNoClip<T>};
      ASSERT_EQ(&v.kernels->steps_for(cell), &v.kernels->any_steps);
      const Problem<T> p({21, 5}, i >= 22, 2);
      p.expect_right(p.run(*v.kernels, v.kernels->any_steps, cell, splits()[0]), cell,
                     v.symbol + std::string(" case ") + std::to_string(i));
    }
}

TYPED_TEST(GruCellKernel, EveryDepartureFromTheDefaultIsHonoured) {
  using T = TypeParam;
  std::vector<GruCell<T>> cells(3, {kSigmoid, kTanh, kNoClip<T>});
  cells[0].clip = T(0.25);
  cells[1].f = {Activation::hard_sigmoid, 0.2, 0.5};
  cells[2].g = {Activation::relu, 0, 0};
  for (const auto& v : variants<T>())
    for (const bool linear_before_reset : {false, true})
      for (const auto& cell : cells) {
        const Problem<T> p({17, 3}, linear_before_reset, 5);
        p.expect_right(p.run(*v.kernels, v.kernels->steps_for(cell), cell, splits()[0]), cell, v.symbol);
      }
}

TYPED_TEST(GruCellKernel, BitsDoNotDependOnTheSplit) {
  using T = TypeParam;
  const GruCell<T> cell{kSigmoid, kTanh, kNoClip<T>};
  for (const auto& v : variants<T>())
    for (const bool linear_before_reset : {false, true})
      for (const CellSize size : cell_sizes()) {
        const Problem<T> p(size, linear_before_reset, 3);
        const Block<T> whole = p.run(*v.kernels, v.kernels->default_steps, cell, splits()[0]);
        for (const Split& split : splits())
          ASSERT_TRUE(same_bits(whole, p.run(*v.kernels, v.kernels->default_steps, cell, split)))
              << v.symbol << " H " << size.hidden << " N " << size.rows << " split by " << split.name;
      }
}

TYPED_TEST(GruCellKernel, EachInstructionSetSelectsItsOwnVariant) {
  for (const auto& v : variants<TypeParam>()) EXPECT_STREQ(v.kernels->name, v.symbol);
}

}  // namespace
}  // namespace rondo::tests
