// Softmax and LogSoftmax along one axis, shifted by the greatest element so that no exponential overflows.
#pragma once

#include <cmath>

#include "ops/axes.h"
#include "ops/dispatch.h"
#include "ops/tolerance.h"

namespace rondo::ops {

// The n elements at x[i * step] of one line.
template <class T>
struct Line {
  const T* x;
  T* y;
  std::int64_t n, step;
};

// F{}(Line) for every line along the axis; n may be 0 only when there is nothing to do.
template <class F>
void eval_lines(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), in.rank()));
  const std::int64_t n = in.shape[axis];
  std::int64_t inner = 1;
  for (std::size_t d = axis + 1; d < in.shape.size(); ++d) inner *= in.shape[d];
  with_float(in.dtype, [&]<class T>(TypeTag<T>) {
    for (std::int64_t i = 0, total = in.count(); i < total; i += n * inner)
      for (std::int64_t j = 0; j < inner; ++j)
        F{}(Line<T>{in.as<T>() + i + j, ctx.outputs[0].as<T>() + i + j, n, inner});
  });
}

template <class T>
T greatest(const Line<T>& line) noexcept {
  T top = line.x[0];
  for (std::int64_t i = 1; i < line.n; ++i)
    if (!(line.x[i * line.step] <= top)) top = line.x[i * line.step];
  return top;
}

inline OpDef along_axis_op(std::string name, void (*eval)(const EvalContext&), Tolerance tolerance) {
  return {.name = std::move(name),
          .attributes = {attr("axis", -1)},
          .inputs = {{"input", "T"}},
          .outputs = {{"output", "T"}},
          .types = {{"T", kFloats}},
          .infer =
              [](InferContext& ctx) {
                if (ctx.ranked(0)) checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0));
                ctx.set(0, ctx.type(0));
              },
          .eval = eval,
          .tolerance = tolerance};
}

}  // namespace rondo::ops
