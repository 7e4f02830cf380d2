// GRUGradient: the formulas of gru.cc backwards. With a_g the sum of gate g and dn the gradient of ht:
// daz = dHt(.)(Ht-1 - ht)(.)f'(az), dah = dHt(.)(1 - zt)(.)g'(ah), dHt-1 = dHt(.)zt + daz*Rz + dar*Rr + ...;
// linear_before_reset: q = Ht-1*Rh^T + Rbh gets dq = dah(.)rt, dar = dah(.)q(.)f'(ar), dHt-1 += dq*Rh;
// otherwise: p = rt(.)Ht-1 gets dp = dah*Rh, dar = dp(.)Ht-1(.)f'(ar), dHt-1 += dp(.)rt.
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/recurrent_gradient_eval.h"

namespace rondo::ops {
namespace {

struct GruGradientStep {
  template <class Real>
  void operator()(const GradientCell<Real>& cell, const GradientStep<Real>& s) const {
    using enum GruGate;
    const std::int64_t H = cell.spec.H;
    const bool linear = cell.spec.linear_before_reset;
    const auto sum = [&](GruGate g, std::int64_t j) { return s.kept[cell.row_of(g, j)]; };
    const auto give = [&](GruGate g, std::int64_t j, Real to_x, Real to_h) {
      s.from_x[cell.row_of(g, j)] = to_x;
      s.from_h[cell.row_of(g, j)] = to_h;
    };
    for (std::int64_t j = 0; j < H; ++j) {
      const Real z = cell.gate(0, sum(update, j)), r = cell.gate(0, sum(reset, j));
      const Real candidate = cell.gate(1, sum(hidden, j));
      const Real d_z = s.dh[j] * (s.h_prev[j] - candidate) * cell.gate_slope(0, sum(update, j));
      const Real d_n = s.dh[j] * (1 - z) * cell.gate_slope(1, sum(hidden, j));
      give(update, j, d_z, d_z);
      give(hidden, j, d_n, linear ? d_n * r : d_n);
      s.dh[j] *= z;
    }
    Real* d_p = s.work;
    if (!linear) {
      std::fill_n(d_p, H, Real{0});
      const std::int64_t row = cell.row_of(hidden, 0);
      cell.add_product(H, H, s.from_h + row, cell.w.R + row * H, nullptr, nullptr, d_p);
    }
    for (std::int64_t j = 0; j < H; ++j) {
      const Real of_r =
          linear ? s.from_x[cell.row_of(hidden, j)] * s.kept[cell.spec.kept_c() * H + j] : d_p[j] * s.h_prev[j];
      const Real d_r = of_r * cell.gate_slope(0, sum(reset, j));
      give(reset, j, d_r, d_r);
      if (!linear) s.dh[j] += d_p[j] * cell.gate(0, sum(reset, j));
    }
  }
};

void eval(const EvalContext& ctx) { eval_recurrent_gradient(ctx, gru(), GruGradientStep{}); }

}  // namespace

const OpDef& gru_gradient() {
  static const OpDef def = recurrent_gradient_op(gru(), eval);
  return def;
}

}  // namespace rondo::ops
