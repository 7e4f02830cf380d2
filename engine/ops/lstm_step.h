// One step of an LSTM for LSTM and DynamicQuantizeLSTM, whatever arithmetic their cells have:
// it = f(Xt*Wi^T + Ht-1*Ri^T + Pi(.)Ct-1 + Wbi + Rbi), ft likewise or 1 - it with input_forget,
// ct = g(Xt*Wc^T + Ht-1*Rc^T + Wbc + Rbc), Ct = ft(.)Ct-1 + it(.)ct,
// ot = f(Xt*Wo^T + Ht-1*Ro^T + Po(.)Ct + Wbo + Rbo), Ht = ot(.)h(Ct).
#pragma once

#include "ops/recurrent_eval.h"

namespace rondo::ops {

struct LstmStep {
  template <class Cell, class Real>
  void operator()(const Cell& cell, const Real* x, const CellState<Real>& s) const {
    for (std::int64_t j = 0; j < cell.spec.H; ++j) {
      // The k-th function of a gate's sum.
      const auto gate = [&](std::size_t k, LstmGate g, Real peephole) {
        const Real sum = cell.from_x(g, j, x) + cell.from_h(g, j, s.h) + peephole;
        return cell.gate(k, s.keep(cell.row_of(g, j), sum));
      };
      const Real before = s.c[j];
      const Real i = gate(0, LstmGate::input, cell.peephole(Peephole::input, j, before));
      const Real f =
          cell.spec.input_forget ? 1 - i : gate(0, LstmGate::forget, cell.peephole(Peephole::forget, j, before));
      const Real candidate = gate(1, LstmGate::cell, 0);
      s.c[j] = f * before + i * candidate;
      const Real o = gate(0, LstmGate::output, cell.peephole(Peephole::output, j, s.c[j]));
      s.next[j] = o * cell.activate(2, s.c[j]);
    }
    std::copy_n(s.next, cell.spec.H, s.h);
  }
};

}  // namespace rondo::ops
