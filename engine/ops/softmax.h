// Softmax and its kin along one axis, shifted by the greatest element so that no exponential overflows.
#pragma once

#include <cmath>

#include "ops/axes.h"
#include "ops/dispatch.h"
#include "ops/lines.h"
#include "ops/tolerance.h"

namespace rondo::ops {

// F{}(Line) for every line along the axis that has elements.
template <class F>
void eval_lines(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const Lines lines(in.shape, static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), in.rank())));
  with_float(in.dtype, [&]<class T>(TypeTag<T>) { for_lines<T>(ctx, lines, F{}); });
}

template <class T>
T greatest(const Line<T>& line) noexcept {
  T top = line.x[0];
  for (std::int64_t i = 1; i < line.n; ++i)
    if (!(line.x[i * line.step] <= top)) top = line.x[i * line.step];
  return top;
}

// Takes an element of a line to the logarithm of its softmax: x - log(sum of exp(x)).
template <class T>
struct LogSoftmaxOf {
  T top;
  double shift;
  double operator()(T x) const noexcept { return static_cast<double>(x - top) - shift; }
};

template <class T>
LogSoftmaxOf<T> log_softmax_of(const Line<T>& line) {
  const T top = greatest(line);
  double total = 0;
  for (std::int64_t i = 0; i < line.n; ++i) total += static_cast<double>(std::exp(line.x[i * line.step] - top));
  return {top, std::log(total)};
}

template <class T>
void write_log_softmax(const Line<T>& line, const LogSoftmaxOf<T>& log_softmax) {
  for (std::int64_t i = 0; i < line.n; ++i) line.y[i * line.step] = static_cast<T>(log_softmax(line.x[i * line.step]));
}

inline void infer_along_axis(InferContext& ctx) {
  if (ctx.ranked(0)) checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0));
  ctx.set(0, ctx.type(0));
}

inline OpDef along_axis_op(std::string name, void (*eval)(const EvalContext&), Tolerance tolerance,
                           void (*gradient)(GradientContext&)) {
  return {.name = std::move(name),
          .attributes = {attr("axis", -1)},
          .inputs = {{"input", "T"}},
          .outputs = {{"output", "T"}},
          .types = {{"T", kFloats}},
          .infer = infer_along_axis,
          .eval = eval,
          .tolerance = tolerance,
          .gradient = gradient};
}

}  // namespace rondo::ops
