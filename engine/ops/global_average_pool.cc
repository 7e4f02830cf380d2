// GlobalAveragePool: the mean of every plane; of an empty one NaN.
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  eval_fold<Mean>(ctx, {ctx.inputs[0].shape, spatial_axes(ctx), {dense_strides(ctx.inputs[0].shape)}});
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0);
  const Term number = count_of(x, x.dtype()) / count_of(output(ctx, 0), x.dtype());  // of elements in a plane
  ctx.set(0, expand_like(grad(ctx) / number, x).id());
}

}  // namespace

const OpDef& global_average_pool() {
  static const OpDef def{.name = "GlobalAveragePool",
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer_global_pool,
                         .eval = eval,
                         .tolerance = kSummed,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
