// ReduceL1: the sum of absolute values over axes; 0 over nothing.
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct L1 {
  Wide<T> total = 0;
  void add(T x) {
    const auto v = static_cast<Wide<T>>(x);
    total = x < T(0) ? wrap_sub(total, v) : wrap_add(total, v);
  }
  T result(std::int64_t) const { return static_cast<T>(total); }
};

// At 0 the slope is 0.
void gradient(GradientContext& ctx) { ctx.set(0, (as_reduced(grad(ctx)) * apply(sign(), input(ctx, 0))).id()); }

}  // namespace

const OpDef& reduce_l1() {
  static const OpDef def = reduce_op("ReduceL1", eval_reduce<L1>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
