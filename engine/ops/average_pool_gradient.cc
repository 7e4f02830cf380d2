// AveragePoolGradient of the domain rondo: each element under a window gets its share of the window's gradient: grad
// over the number of places that AveragePool divides by. Attributes are the pool's; shape is that of its X.
#include <algorithm>

#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const auto rank = static_cast<std::int64_t>(ctx.integers("kernel_shape").size() + 2);
  require_rank(ctx, 0, rank);
  const auto wanted = ctx.integers_of(1);
  if (wanted && static_cast<std::int64_t>(wanted->size()) != rank)
    throw ctx.error("shape has the wrong length").got(list_text(*wanted)).expected(std::to_string(rank));
  ctx.set(0, ctx.dtype(0), wanted ? Shape(wanted->begin(), wanted->end()) : unknown_shape(ctx, rank));
}

template <class T>
void spread_shares(const EvalContext& ctx) {
  const MutableTensorView& made = ctx.outputs[0];
  const Window window = pool_window(ctx.node.attributes, made.shape);
  const auto in = std::span(made.shape).subspan(2), out = ctx.inputs[0].shape.subspan(2);
  const std::int64_t input = volume(in), output = volume(out);
  const bool padded = ctx.integer("count_include_pad") != 0;
  const T* grad = ctx.inputs[0].as<T>();
  T* grad_x = made.as<T>();
  std::fill_n(grad_x, made.count(), T(0));
  for_each_tap(made.shape, out, window, [&](std::int64_t plane, const PoolRow& row) {
    for (std::int64_t i = 0; i < row.length; ++i) {
      const std::int64_t place = row.y + i * row.y_step;
      grad_x[plane * input + row.x + i * row.x_step] +=
          grad[plane * output + place] / static_cast<T>(divisor(window, padded, in, out, place));
    }
  });
}

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { spread_shares<T>(ctx); });
}

void gradient(GradientContext& ctx) { ctx.set(0, apply(average_pool(), {grad(ctx)}, ctx.node().attributes).id()); }

}  // namespace

const OpDef& average_pool_gradient() {
  static const OpDef def{.name = "AveragePoolGradient",
                         .domain = "rondo",
                         .attributes = window_attributes({attr("ceil_mode", 0), attr("count_include_pad", 0),
                                                          required_attr("kernel_shape", AttrKind::integers)}),
                         .inputs = {{"grad", "T"}, {"shape", "shape"}},
                         .outputs = {{"grad_X", "T"}},
                         .types = {{"T", kFloats}, {"shape", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
