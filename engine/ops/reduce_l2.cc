// ReduceL2: the square root of the sum of squares over axes, on integers truncated; 0 over nothing.
#include <cmath>

#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct L2 {
  double total = 0;
  void add(T x) { total += static_cast<double>(x) * static_cast<double>(x); }
  T result(std::int64_t) const { return converted<T>(std::sqrt(total)); }
};

// Where the norm is 0 the slope is 0, as in PyTorch.
void gradient(GradientContext& ctx) {
  const Term norm = as_reduced(output(ctx, 0));
  const Term share = select(apply(equal(), norm, 0.0), 0.0, as_reduced(grad(ctx)) / norm);
  ctx.set(0, (share * input(ctx, 0)).id());
}

}  // namespace

const OpDef& reduce_l2() {
  static const OpDef def = reduce_op("ReduceL2", eval_reduce<L2>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
