// AveragePool: the mean of the elements under a window. Places in the padding count as zeros with count_include_pad and
// do not count without; places past the padding, which ceil_mode reaches, never count. The mean of nothing is NaN.
#include <algorithm>

#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

template <class T>
void pool(const EvalContext& ctx, const Window& window) {
  const T* x = ctx.inputs[0].as<T>();
  T* y = ctx.outputs[0].as<T>();
  const auto in = ctx.inputs[0].shape.subspan(2), out = ctx.outputs[0].shape.subspan(2);
  const std::int64_t input = volume(in), output = volume(out);
  const bool padded = ctx.integer("count_include_pad") != 0;
  const std::int64_t total = ctx.outputs[0].count();
  std::fill_n(y, total, T(0));
  for_each_tap(ctx.inputs[0].shape, out, window, [&](std::int64_t plane, const PoolRow& row) {
    const T* from = x + plane * input + row.x;
    T* to = y + plane * output + row.y;
    for (std::int64_t i = 0; i < row.length; ++i) to[i * row.y_step] += from[i * row.x_step];
  });
  for (std::int64_t i = 0; i < output; ++i) {
    const T n = static_cast<T>(divisor(window, padded, in, out, i));
    for (std::int64_t k = i; k < total; k += output) y[k] /= n;
  }
}

void gradient(GradientContext& ctx) {
  ctx.set(0, apply(average_pool_gradient(), {grad(ctx), shape_of(input(ctx, 0))}, ctx.node().attributes).id());
}

void eval(const EvalContext& ctx) {
  const Window window = pool_window(ctx.node.attributes, ctx.inputs[0].shape);
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { pool<T>(ctx, window); });
}

}  // namespace

const OpDef& average_pool() {
  static const OpDef def{.name = "AveragePool",
                         .attributes = window_attributes({attr("ceil_mode", 0), attr("count_include_pad", 0),
                                                          required_attr("kernel_shape", AttrKind::integers)}),
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = [](InferContext& ctx) { infer_pool(ctx); },
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
