// Clip: x within [min, max], each optional; where min is above max, max. NaN stays NaN.
#include <limits>

#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/term.h"
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

// Elements at a bound get the gradient, as in PyTorch; a bound gets that of the elements it has changed.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), low = input(ctx, 1), high = input(ctx, 2), zero = grad(ctx).number(0);
  const auto any_of = [](const Term& a, const Term& b) { return apply(logical_or(), a, b); };
  Term raised = apply(is_nan(), zero), lowered = raised;  // false
  if (low.present()) raised = apply(less(), x, low);
  if (high.present()) lowered = apply(greater(), x, high);
  if (low.present() && high.present()) {
    const Term crossed = apply(greater(), low, high);
    lowered = any_of(lowered, crossed);
    raised = apply(logical_and(), raised, apply(logical_not(), crossed));
  }
  if (ctx.wants(0)) give(ctx, 0, select(any_of(raised, lowered), zero, grad(ctx)));
  if (ctx.wants(1)) give(ctx, 1, select(raised, grad(ctx), zero));
  if (ctx.wants(2)) give(ctx, 2, select(lowered, grad(ctx), zero));
}

}  // namespace

const OpDef& clip() {
  static const OpDef def{.name = "Clip",
                         .inputs = {{"input", "T"}, {"min", "T", Presence::optional}, {"max", "T", Presence::optional}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kNumbers}},
                         .infer = infer,
                         .eval = eval,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
