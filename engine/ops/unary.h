// Elementwise operators of one input: y[i] = f(x[i]).
#pragma once

#include "ir/op_def.h"
#include "ops/dispatch.h"
#include "ops/tolerance.h"

namespace rondo::ops {

// F: R operator()(T) for every number type, or for floats only in eval_float_unary. f carries parameters, if any.
template <class T, class R = T, class F>
void apply_unary(const EvalContext& ctx, F f) {
  const T* x = ctx.inputs[0].as<T>();
  R* y = ctx.outputs[0].as<R>();
  for (std::int64_t i = 0, n = ctx.outputs[0].count(); i < n; ++i) y[i] = f(x[i]);
}

template <class F>
void eval_unary(const EvalContext& ctx) {
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { apply_unary<T>(ctx, F{}); });
}

template <class F>
void eval_float_unary(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { apply_unary<T>(ctx, F{}); });
}

inline OpDef unary_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&), Tolerance tolerance = {},
                      void (*gradient)(GradientContext&) = nullptr) {
  return {.name = std::move(name),
          .inputs = {{"X", "T"}},
          .outputs = {{"Y", "T"}},
          .types = {{"T", types}},
          .infer = [](InferContext& ctx) { ctx.set(0, ctx.type(0)); },
          .eval = eval,
          .tolerance = tolerance,
          .gradient = gradient};
}

// The same with a boolean result, which eval writes as bytes.
inline OpDef predicate_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&)) {
  return {.name = std::move(name),
          .inputs = {{"X", "T1"}},
          .outputs = {{"Y", "T2"}},
          .types = {{"T1", types}, {"T2", kBool}},
          .infer = [](InferContext& ctx) { ctx.set(0, DType::boolean, ctx.type(0).shape); },
          .eval = eval};
}

}  // namespace rondo::ops
