// NegativeLogLikelihoodLoss: the loss of log probabilities that are given.
#include "ops/class_loss.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[kClassScores].dtype, [&]<class T>(TypeTag<T>) {
    eval_class_loss<T>(ctx, [](const Line<T>&) { return [](T x) { return static_cast<double>(x); }; });
  });
}

void gradient(GradientContext& ctx) { ctx.set(kClassScores, log_prob_gradient(ctx).id()); }

}  // namespace

const OpDef& negative_log_likelihood_loss() {
  static const OpDef def = class_loss_op("NegativeLogLikelihoodLoss",
                                         {{"input", "T"}, {"target", "Tind"}, {"weight", "T", Presence::optional}},
                                         {{"loss", "T"}}, eval, gradient);
  return def;
}

}  // namespace rondo::ops
