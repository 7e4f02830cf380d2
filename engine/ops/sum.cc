// Sum: the sum of the inputs, with broadcasting.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/variadic.h"

namespace rondo::ops {
namespace {

struct Sum {
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

void gradient(GradientContext& ctx) {
  for (std::size_t i = 0; i < ctx.node().inputs.size(); ++i)
    if (ctx.wants(i)) give(ctx, i, grad(ctx));
}

}  // namespace

const OpDef& sum() {
  static const OpDef def = variadic_op("Sum", kFloats, eval_fold<Sum>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
