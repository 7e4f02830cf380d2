// Softmax: exp(x) / sum of exp(x) along an axis.
#include "ops/softmax.h"

#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

struct Softmax {
  template <class T>
  void operator()(const Line<T>& line) const {
    const T top = greatest(line);
    double total = 0;
    for (std::int64_t i = 0; i < line.n; ++i) {
      const T e = std::exp(line.x[i * line.step] - top);
      line.y[i * line.step] = e;
      total += static_cast<double>(e);
    }
    const T divisor = static_cast<T>(total);
    for (std::int64_t i = 0; i < line.n; ++i) line.y[i * line.step] /= divisor;
  }
};

void gradient(GradientContext& ctx) {
  const Term y = output(ctx, 0), weighed = grad(ctx) * y;
  ctx.set(0, (weighed - y * sum_over(weighed, {ctx.integer("axis")})).id());
}

}  // namespace

const OpDef& softmax() {
  static const OpDef def = along_axis_op("Softmax", eval_lines<Softmax>, kSaturating, gradient);
  return def;
}

}  // namespace rondo::ops
