// GlobalMaxPool: the greatest element of every plane, NaN before all; of an empty one -Inf.
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  eval_fold<Max>(ctx, {ctx.inputs[0].shape, spatial_axes(ctx), {dense_strides(ctx.inputs[0].shape)}});
}

}  // namespace

const OpDef& global_max_pool() {
  static const OpDef def{.name = "GlobalMaxPool",
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer_global_pool,
                         .eval = eval,
                         .tolerance = kExact};
  return def;
}

}  // namespace rondo::ops
