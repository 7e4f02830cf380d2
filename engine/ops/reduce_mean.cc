// ReduceMean: the mean over axes; on integers truncated. The mean of nothing is NaN, and on integers an error.
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  const bool divides_by_zero = ctx.inputs[0].count() == 0 && ctx.outputs[0].count() != 0;
  if (divides_by_zero && !is_floating(ctx.inputs[0].dtype))
    throw ctx.error("the mean of no integers is undetermined").got("data " + to_string(ctx.inputs[0].shape));
  eval_reduce<Mean>(ctx);
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0);
  const Term number = count_of(x, x.dtype()) / count_of(output(ctx, 0), x.dtype());  // of elements in a mean
  ctx.set(0, expand_like(as_reduced(grad(ctx) / number), x).id());
}

}  // namespace

const OpDef& reduce_mean() {
  static const OpDef def = reduce_op("ReduceMean", eval, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
