// SoftmaxCrossEntropyLoss: the loss of the logarithmic softmax of scores, which is the second output.
#include "ops/class_loss.h"
#include "ops/op_list.h"
#include "ops/softmax.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[kClassScores].dtype, [&]<class T>(TypeTag<T>) {
    eval_class_loss<T>(ctx, [](const Line<T>& line) {
      const auto log_softmax = log_softmax_of(line);
      if (line.y != nullptr) write_log_softmax(line, log_softmax);
      return log_softmax;
    });
  });
}

void gradient(GradientContext& ctx) {
  const Term scores = input(ctx, kClassScores), by_log_prob = grad(ctx, 1);
  Term log_prob = output(ctx, 1);
  if (!log_prob.present()) log_prob = apply(log_softmax(), {scores}, {{"axis", std::int64_t{1}}});
  Term total = grad(ctx).present() ? log_prob_gradient(ctx) : by_log_prob;
  if (grad(ctx).present() && by_log_prob.present()) total = total + by_log_prob;
  ctx.set(kClassScores, (total - apply(exp(), log_prob) * sum_over(total, {1})).id());
}

}  // namespace

const OpDef& softmax_cross_entropy_loss() {
  static const OpDef def = class_loss_op("SoftmaxCrossEntropyLoss",
                                         {{"scores", "T"}, {"labels", "Tind"}, {"weights", "T", Presence::optional}},
                                         {{"output", "T"}, {"log_prob", "T", Presence::optional}}, eval, gradient);
  return def;
}

}  // namespace rondo::ops
