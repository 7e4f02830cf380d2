// Elementwise operators of one input: y[i] = f(x[i]).
#pragma once

#include "ir/op_def.h"
#include "ops/dispatch.h"

namespace rondo::ops {

template <class F>
void eval_unary(const EvalContext& ctx) {
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const T* x = ctx.inputs[0].as<T>();
    T* y = ctx.outputs[0].as<T>();
    for (std::int64_t i = 0, n = ctx.outputs[0].count(); i < n; ++i) y[i] = F{}(x[i]);
  });
}

inline OpDef unary_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&), Tolerance tolerance = {}) {
  return {.name = std::move(name),
          .inputs = {{"X", "T"}},
          .outputs = {{"Y", "T"}},
          .types = {{"T", types}},
          .infer = [](InferContext& ctx) { ctx.set(0, ctx.type(0)); },
          .eval = eval,
          .tolerance = tolerance};
}

}  // namespace rondo::ops
