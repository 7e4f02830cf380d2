// Elementwise operators of two inputs that broadcast: C = f(A, B).
#pragma once

#include <type_traits>

#include "ops/broadcast.h"
#include "ops/dispatch.h"
#include "ops/tolerance.h"

namespace rondo::ops {

// y[i] = f(a[i * sa], b[i * sb]); the common strides get loops of their own, which vectorize.
template <class A, class B, class R, class F>
void apply_row(const A* a, std::int64_t sa, const B* b, std::int64_t sb, R* y, std::int64_t n, F f) {
  if (sa == 1 && sb == 1) {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i], b[i]);
  } else if (sa == 1 && sb == 0) {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i], b[0]);
  } else if (sa == 0 && sb == 1) {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[0], b[i]);
  } else {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i * sa], b[i * sb]);
  }
}

template <class A, class B, class R, class F>
void apply_binary(const EvalContext& ctx, F f) {
  const A* a = ctx.inputs[0].as<A>();
  const B* b = ctx.inputs[1].as<B>();
  R* y = ctx.outputs[0].as<R>();
  auto w = broadcast_walk<2>(ctx.outputs[0].shape, {ctx.inputs[0].shape, ctx.inputs[1].shape});
  for (; !w.done(); w.next(), y += w.length())
    apply_row(a + w.at(0), w.step(0), b + w.at(1), w.step(1), y, w.length(), f);
}

// F: T operator()(T, T).
template <class F>
void eval_binary(const EvalContext& ctx) {
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { apply_binary<T, T, T>(ctx, F{}); });
}

// F: bool operator()(T, T); booleans compare as their bytes.
template <class F>
void eval_comparison(const EvalContext& ctx) {
  const DType type = ctx.inputs[0].dtype == DType::boolean ? DType::uint8 : ctx.inputs[0].dtype;
  with_number(type, [&]<class T>(TypeTag<T>) { apply_binary<T, T, std::uint8_t>(ctx, F{}); });
}

OpDef binary_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&), Tolerance tolerance = {},
                void (*gradient)(GradientContext&) = nullptr);
// The same with a boolean result.
OpDef comparison_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&));

// Throws Error(data) when an integer divisor (input 1) holds a zero that would be used.
void refuse_zero_divisor(const EvalContext& ctx);

}  // namespace rondo::ops
