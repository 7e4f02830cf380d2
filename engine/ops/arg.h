// ArgMax and ArgMin: the place of an extreme along one axis.
#pragma once

#include "ops/axes.h"
#include "ops/dispatch.h"
#include "ops/lines.h"

namespace rondo::ops {

// The place in n elements at x[i * step], n > 0; beats(a, b) is true when a is strictly more extreme than b.
template <class T, class Beats>
std::int64_t extreme_place(const T* x, std::int64_t n, std::int64_t step, bool last, Beats beats) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < n; ++i) {
    const T a = x[i * step], b = x[best * step];
    const bool equal = a == b || (a != a && b != b);
    if (equal ? last : b == b && (a != a || beats(a, b))) best = i;
  }
  return best;
}

template <class Beats>
void eval_arg(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const Lines lines(in.shape, static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), in.rank())));
  const bool last = ctx.integer("select_last_index") != 0;
  with_number(in.dtype, [&]<class T>(TypeTag<T>) {
    auto* y = ctx.outputs[0].as<std::int64_t>();
    for (std::int64_t i = 0; i < lines.count(); ++i)
      y[i] = extreme_place(in.as<T>() + lines.start(i), lines.size, lines.inner, last, Beats{});
  });
}

OpDef arg_op(std::string name, void (*eval)(const EvalContext&));

}  // namespace rondo::ops
