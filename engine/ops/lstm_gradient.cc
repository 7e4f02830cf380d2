// LSTMGradient: the formulas of lstm_step.h backwards. With a_g the sum of gate g:
// dao = dHt(.)h(Ct)(.)f'(ao), dCt += dHt(.)ot(.)h'(Ct) + Po(.)dao,
// dai = dCt(.)ct(.)f'(ai), or dCt(.)(ct - Ct-1)(.)f'(ai) with input_forget, daf = dCt(.)Ct-1(.)f'(af),
// dac = dCt(.)it(.)g'(ac), dCt-1 = dCt(.)ft + Pi(.)dai + Pf(.)daf,
// dPi = sum of dai(.)Ct-1, dPf = sum of daf(.)Ct-1, dPo = sum of dao(.)Ct.
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/recurrent_gradient_eval.h"

namespace rondo::ops {
namespace {

struct LstmGradientStep {
  template <class Real>
  void operator()(const GradientCell<Real>& cell, const GradientStep<Real>& s) const {
    using Gate = LstmGate;
    const std::int64_t H = cell.spec.H;
    const bool coupled = cell.spec.input_forget;
    for (std::int64_t j = 0; j < H; ++j) {
      const auto sum = [&](Gate g) { return s.kept[cell.row_of(g, j)]; };
      const auto give = [&](Gate g, Real gradient) {
        const std::int64_t row = cell.row_of(g, j);
        return s.from_x[row] = s.from_h[row] = gradient;
      };
      const auto sum_peephole = [&](Peephole p, Real gradient) {
        if (cell.grad.P != nullptr) cell.grad.P[cell.row_of(p, j)] += gradient;
      };
      const Real before = s.c_prev[j], after = s.kept[cell.spec.kept_c() * H + j];
      const Real i = cell.gate(0, sum(Gate::input)), f = coupled ? 1 - i : cell.gate(0, sum(Gate::forget));
      const Real candidate = cell.gate(1, sum(Gate::cell)), o = cell.gate(0, sum(Gate::output));

      const Real d_o = give(Gate::output, s.dh[j] * cell.activate(2, after) * cell.gate_slope(0, sum(Gate::output)));
      const Real d_c = s.dc[j] + s.dh[j] * o * cell.slope_of(2, after) + cell.peephole(Peephole::output, j, d_o);
      const Real d_i =
          give(Gate::input, d_c * (coupled ? candidate - before : candidate) * cell.gate_slope(0, sum(Gate::input)));
      const Real d_f = give(Gate::forget, coupled ? 0 : d_c * before * cell.gate_slope(0, sum(Gate::forget)));
      give(Gate::cell, d_c * i * cell.gate_slope(1, sum(Gate::cell)));

      s.dc[j] = d_c * f + cell.peephole(Peephole::input, j, d_i) + cell.peephole(Peephole::forget, j, d_f);
      s.dh[j] = 0;
      sum_peephole(Peephole::input, d_i * before);
      sum_peephole(Peephole::forget, d_f * before);
      sum_peephole(Peephole::output, d_o * after);
    }
  }
};

void eval(const EvalContext& ctx) { eval_recurrent_gradient(ctx, lstm(), LstmGradientStep{}); }

}  // namespace

const OpDef& lstm_gradient() {
  static const OpDef def = recurrent_gradient_op(lstm(), eval);
  return def;
}

}  // namespace rondo::ops
