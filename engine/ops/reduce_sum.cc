// ReduceSum: the sum over axes; 0 over nothing.
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct Sum {
  Wide<T> total = 0;
  void add(T x) { total = wrap_add(total, static_cast<Wide<T>>(x)); }
  T result(std::int64_t) const { return static_cast<T>(total); }
};

void gradient(GradientContext& ctx) { ctx.set(0, expand_like(as_reduced(grad(ctx)), input(ctx, 0)).id()); }

}  // namespace

const OpDef& reduce_sum() {
  static const OpDef def = reduce_op("ReduceSum", eval_reduce<Sum>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
