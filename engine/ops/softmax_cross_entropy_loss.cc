// SoftmaxCrossEntropyLoss: the loss of the logarithmic softmax of scores, which is the second output.
#include "ops/class_loss.h"
#include "ops/op_list.h"
#include "ops/softmax.h"

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

}  // namespace

const OpDef& softmax_cross_entropy_loss() {
  static const OpDef def = class_loss_op("SoftmaxCrossEntropyLoss",
                                         {{"scores", "T"}, {"labels", "Tind"}, {"weights", "T", Presence::optional}},
                                         {{"output", "T"}, {"log_prob", "T", Presence::optional}}, eval);
  return def;
}

}  // namespace rondo::ops
