// ReduceLogSum: the logarithm of the sum over axes, on integers truncated; -Inf over nothing.
#include <cmath>

#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct LogSum {
  double total = 0;
  void add(T x) { total += static_cast<double>(x); }
  T result(std::int64_t) const { return converted<T>(std::log(total)); }
};

void gradient(GradientContext& ctx) {
  const Term share = grad(ctx) / apply(exp(), output(ctx, 0));
  ctx.set(0, expand_like(as_reduced(share), input(ctx, 0)).id());
}

}  // namespace

const OpDef& reduce_log_sum() {
  static const OpDef def = reduce_op("ReduceLogSum", eval_reduce<LogSum>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
