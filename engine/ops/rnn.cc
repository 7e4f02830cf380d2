// RNN: Ht = f(Xt*W^T + Ht-1*R^T + Wb + Rb).
#include "ops/op_list.h"
#include "ops/recurrent_eval.h"

namespace rondo::ops {
namespace {

struct RnnStep {
  template <class Real>
  void operator()(const CellArithmetic<Real>& cell, const Real* x, const CellState<Real>& s) const {
    for (std::int64_t j = 0; j < cell.spec.H; ++j) {
      const Real sum = cell.from_x(RnnGate::hidden, j, x) + cell.from_h(RnnGate::hidden, j, s.h);
      s.next[j] = cell.gate(0, s.keep(cell.row_of(RnnGate::hidden, j), sum));
    }
    std::copy_n(s.next, cell.spec.H, s.h);
  }
};

void eval(const EvalContext& ctx) { eval_recurrent(ctx, RnnStep{}); }

}  // namespace

const OpDef& rnn() {
  static const OpDef def = recurrent_op(Cell::rnn, {}, eval);
  return def;
}

}  // namespace rondo::ops
