// ReduceSumSquare: the sum of squares over axes; 0 over nothing.
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct SumSquare {
  Wide<T> total = 0;
  void add(T x) { total = wrap_add(total, wrap_mul(static_cast<Wide<T>>(x), static_cast<Wide<T>>(x))); }
  T result(std::int64_t) const { return static_cast<T>(total); }
};

void gradient(GradientContext& ctx) { ctx.set(0, (2.0 * as_reduced(grad(ctx)) * input(ctx, 0)).id()); }

}  // namespace

const OpDef& reduce_sum_square() {
  static const OpDef def = reduce_op("ReduceSumSquare", eval_reduce<SumSquare>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
