// Clip: x within [min, max], each optional; where min is above max, max. NaN stays NaN.
#include <limits>

#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  for (std::size_t i : {1, 2}) require_one_element(ctx, i);
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) {
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    using Limits = std::numeric_limits<T>;
    const T low = ctx.has(1) ? *ctx.inputs[1].as<T>() : Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    const T high = ctx.has(2) ? *ctx.inputs[2].as<T>() : Limits::has_infinity ? Limits::infinity() : Limits::max();
    apply_unary<T>(ctx, [low, high](T x) {
      const T raised = x < low ? low : x;
      return raised > high ? high : raised;
    });
  });
}

}  // namespace

const OpDef& clip() {
  static const OpDef def{.name = "Clip",
                         .inputs = {{"input", "T"}, {"min", "T", Presence::optional}, {"max", "T", Presence::optional}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kNumbers}},
                         .infer = infer,
                         .eval = eval};
  return def;
}

}  // namespace rondo::ops
