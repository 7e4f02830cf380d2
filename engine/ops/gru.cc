// GRU: zt = f(Xt*Wz^T + Ht-1*Rz^T + Wbz + Rbz), rt likewise,
// ht = g(Xt*Wh^T + (rt(.)Ht-1)*Rh^T + Rbh + Wbh), or with linear_before_reset
// ht = g(Xt*Wh^T + rt(.)(Ht-1*Rh^T + Rbh) + Wbh), Ht = (1 - zt)(.)ht + zt(.)Ht-1.
#include "ops/op_list.h"
#include "ops/recurrent_eval.h"

namespace rondo::ops {
namespace {

struct GruStep {
  template <class Real>
  void operator()(const CellArithmetic<Real>& cell, const Real* x, const CellState<Real>& s) const {
    const std::int64_t H = cell.spec.H;
    const bool linear = cell.spec.linear_before_reset;
    const auto gate = [&](GruGate g, std::int64_t j) {
      return cell.gate(0, s.keep(cell.row_of(g, j), cell.from_x(g, j, x) + cell.from_h(g, j, s.h)));
    };
    const std::int64_t kept_c = cell.spec.kept_c() * H;
    for (std::int64_t j = 0; j < H; ++j) {
      s.reset[j] = gate(GruGate::reset, j);
      if (!linear) s.reset[j] = s.keep(kept_c + j, s.reset[j] * s.h[j]);
    }
    for (std::int64_t j = 0; j < H; ++j) {
      const Real recurrent = linear ? s.reset[j] * s.keep(kept_c + j, cell.from_h(GruGate::hidden, j, s.h))
                                    : cell.from_h(GruGate::hidden, j, s.reset);
      const Real sum = cell.from_x(GruGate::hidden, j, x) + recurrent;
      const Real candidate = cell.gate(1, s.keep(cell.row_of(GruGate::hidden, j), sum));
      const Real z = gate(GruGate::update, j);
      s.next[j] = (1 - z) * candidate + z * s.h[j];
    }
    std::copy_n(s.next, H, s.h);
  }
};

void eval(const EvalContext& ctx) { eval_recurrent(ctx, GruStep{}); }

}  // namespace

const OpDef& gru() {
  static const OpDef def = recurrent_op(Cell::gru, {attr("linear_before_reset", std::int64_t{0})}, eval);
  return def;
}

}  // namespace rondo::ops
