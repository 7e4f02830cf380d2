// GlobalAveragePool: the mean of every plane; of an empty one NaN.
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  eval_fold<Mean>(ctx, {ctx.inputs[0].shape, spatial_axes(ctx), {dense_strides(ctx.inputs[0].shape)}});
}

}  // namespace

const OpDef& global_average_pool() {
  static const OpDef def{.name = "GlobalAveragePool",
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer_global_pool,
                         .eval = eval,
                         .tolerance = kSummed};
  return def;
}

}  // namespace rondo::ops
