// RNNGradient: Ht = f(at), so dat = dHt(.)f'(at).
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/recurrent_gradient_eval.h"

namespace rondo::ops {
namespace {

struct RnnGradientStep {
  template <class Real>
  void operator()(const GradientCell<Real>& cell, const GradientStep<Real>& s) const {
    for (std::int64_t j = 0; j < cell.spec.H; ++j) {
      s.from_x[j] = s.from_h[j] = s.dh[j] * cell.gate_slope(0, s.kept[j]);
      s.dh[j] = 0;
    }
  }
};

void eval(const EvalContext& ctx) { eval_recurrent_gradient(ctx, rnn(), RnnGradientStep{}); }

}  // namespace

const OpDef& rnn_gradient() {
  static const OpDef def = recurrent_gradient_op(rnn(), eval);
  return def;
}

}  // namespace rondo::ops
