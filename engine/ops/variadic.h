// Elementwise operators of any number of inputs that broadcast, folded from the left: Sum, Min, Max, Mean.
#pragma once

#include "ops/binary.h"
#include "ops/elements.h"

namespace rondo::ops {

// F: T operator()(T so_far, T next).
template <class T, class F>
void fold_inputs(const EvalContext& ctx, F f) {
  const MutableTensorView& out = ctx.outputs[0];
  copy_strided(sizeof(T), out.shape, out.data, dense_strides(out.shape), ctx.inputs[0].data,
               broadcast_strides(ctx.inputs[0].shape, out.shape));
  for (std::size_t k = 1; k < ctx.inputs.size(); ++k) {
    const T* x = ctx.inputs[k].as<T>();
    T* y = out.as<T>();
    auto w = broadcast_walk<1>(out.shape, {ctx.inputs[k].shape});
    for (; !w.done(); w.next(), y += w.length()) apply_row(y, 1, x + w.at(0), w.step(0), y, w.length(), f);
  }
}

// The rule of Max and Min: inputs that are equal to the result share its gradient evenly, as PyTorch's maximum of two
// does.
void share_gradient(GradientContext& ctx);

template <class F>
void eval_fold(const EvalContext& ctx) {
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { fold_inputs<T>(ctx, F{}); });
}

inline OpDef variadic_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&), Tolerance tolerance,
                         void (*gradient)(GradientContext&)) {
  return {.name = std::move(name),
          .inputs = {{"data_0", "T", Presence::variadic}},
          .outputs = {{"result", "T"}},
          .types = {{"T", types}},
          .infer =
              [](InferContext& ctx) {
                if (ctx.num_inputs() == 0) throw ctx.error("there must be at least one input");
                ctx.set(0, ctx.dtype(0), broadcast_inputs(ctx, 0, ctx.num_inputs()));
              },
          .eval = eval,
          .tolerance = tolerance,
          .gradient = gradient};
}

}  // namespace rondo::ops
