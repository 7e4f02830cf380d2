// Where: X where condition holds, Y elsewhere, with broadcasting.
#include "ops/broadcast.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_element(size_of(ctx.outputs[0].dtype), [&]<class U>(TypeTag<U>) {
    const auto* condition = ctx.inputs[0].as<std::uint8_t>();
    const U *x = ctx.inputs[1].as<U>(), *y = ctx.inputs[2].as<U>();
    U* out = ctx.outputs[0].as<U>();
    auto w = broadcast_walk<3>(ctx.outputs[0].shape, {ctx.inputs[0].shape, ctx.inputs[1].shape, ctx.inputs[2].shape});
    for (; !w.done(); w.next(), out += w.length())
      for (std::int64_t i = 0; i < w.length(); ++i)
        out[i] = condition[w.at(0) + i * w.step(0)] != 0 ? x[w.at(1) + i * w.step(1)] : y[w.at(2) + i * w.step(2)];
  });
}

void gradient(GradientContext& ctx) {
  const Term condition = input(ctx, 0), zero = grad(ctx).number(0);
  if (ctx.wants(1)) give(ctx, 1, select(condition, grad(ctx), zero));
  if (ctx.wants(2)) give(ctx, 2, select(condition, zero, grad(ctx)));
}

}  // namespace

const OpDef& where() {
  static const OpDef def{.name = "Where",
                         .inputs = {{"condition", "B"}, {"X", "T"}, {"Y", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"B", kBool}, {"T", kAny}},
                         .infer = [](InferContext& ctx) { ctx.set(0, ctx.dtype(1), broadcast_inputs(ctx, 0, 3)); },
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
