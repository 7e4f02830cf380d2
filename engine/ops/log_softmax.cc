// LogSoftmax: x - log(sum of exp(x)) along an axis, without the underflow of taking Softmax's logarithm.
#include "ops/op_list.h"
#include "ops/softmax.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

struct LogSoftmax {
  template <class T>
  void operator()(const Line<T>& line) const {
    write_log_softmax(line, log_softmax_of(line));
  }
};

void gradient(GradientContext& ctx) {
  const Term share = apply(exp(), output(ctx, 0)) * sum_over(grad(ctx), {ctx.integer("axis")});
  ctx.set(0, (grad(ctx) - share).id());
}

}  // namespace

const OpDef& log_softmax() {
  static const OpDef def = along_axis_op("LogSoftmax", eval_lines<LogSoftmax>, kSaturating, gradient);
  return def;
}

}  // namespace rondo::ops
