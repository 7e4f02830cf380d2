// GlobalMaxPool: the greatest element of every plane, NaN before all; of an empty one -Inf.
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  eval_fold<Max>(ctx, {ctx.inputs[0].shape, spatial_axes(ctx), {dense_strides(ctx.inputs[0].shape)}});
}

// Elements that are equal to the greatest share its gradient evenly.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0);
  const Term equals = as_type(apply(equal(), x, output(ctx, 0)), x.dtype());
  ctx.set(0, (grad(ctx) * equals / sum_over(equals, axes_between(2, x.rank()))).id());
}

}  // namespace

const OpDef& global_max_pool() {
  static const OpDef def{.name = "GlobalMaxPool",
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer_global_pool,
                         .eval = eval,
                         .tolerance = kExact,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
