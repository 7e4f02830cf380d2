// ReduceLogSumExp: log(sum of exp(x)) over axes, kept relative to the greatest x seen; -Inf over nothing.
#include <cmath>
#include <limits>

#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct LogSumExp {
  double top = -std::numeric_limits<double>::infinity();
  double total = 0;  // of exp(x - top)
  void add(T x) {
    const auto v = static_cast<double>(x);
    if (v > top) {
      total = total * std::exp(top - v) + 1;
      top = v;
    } else {
      total += v == top ? 1 : std::exp(v - top);  // equal infinities have no difference
    }
  }
  T result(std::int64_t) const { return converted<T>(top + std::log(total)); }
};

void gradient(GradientContext& ctx) {
  const Term share = apply(exp(), input(ctx, 0) - as_reduced(output(ctx, 0)));
  ctx.set(0, (as_reduced(grad(ctx)) * share).id());
}

}  // namespace

const OpDef& reduce_log_sum_exp() {
  static const OpDef def = reduce_op("ReduceLogSumExp", eval_reduce<LogSumExp>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
