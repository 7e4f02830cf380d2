// ConvGradient of the domain rondo: from the gradient of the result of a Conv those of its X and W. Attributes are the
// Conv's. Tap by tap, as the reference of Conv: with Y[o] += W[k] * X[i] for every place o of tap k that falls on i,
// grad_X[i] += W[k] * grad[o] and grad_W[k] += X[i] * grad[o].
#include <algorithm>

#include "ir/graph.h"
#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/product.h"
#include "ops/reduce.h"
#include "ops/tolerance.h"
#include "ops/window.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kGrad, kX, kW };

void infer(InferContext& ctx) {
  ctx.set(0, ctx.type(kX));
  ctx.set(1, ctx.type(kW));
}

struct Sizes {
  std::int64_t batch, group, inner, maps;  // channels and maps of one group
  std::int64_t input, output, taps;        // elements of one plane, and of one kernel
};

template <class T>
void add_input(const T* grad, const T* w, T* grad_x, const Sizes& s, const Tap& tap) {
  for (std::int64_t m = 0; m < s.maps; ++m)
    for (std::int64_t c = 0; c < s.inner; ++c) {
      const T* from = grad + m * s.output + tap.at[0];
      T* to = grad_x + c * s.input + tap.at[1];
      for (Walk<2> row = tap.walk; !row.done(); row.next())
        add_scaled(to + row.at(1), row.step(1), w[(m * s.inner + c) * s.taps], from + row.at(0), row.step(0),
                   row.length());
    }
}

template <class T>
void add_weights(const T* grad, const T* x, T* grad_w, const Sizes& s, const Tap& tap) {
  for (std::int64_t m = 0; m < s.maps; ++m)
    for (std::int64_t c = 0; c < s.inner; ++c) {
      Wide<T> total = 0;
      for (Walk<2> row = tap.walk; !row.done(); row.next()) {
        const T* g = grad + m * s.output + tap.at[0] + row.at(0);
        const T* v = x + c * s.input + tap.at[1] + row.at(1);
        for (std::int64_t i = 0; i < row.length(); ++i)
          total += static_cast<Wide<T>>(g[i * row.step(0)]) * static_cast<Wide<T>>(v[i * row.step(1)]);
      }
      grad_w[(m * s.inner + c) * s.taps] += static_cast<T>(total);
    }
}

template <class T>
void differentiate(const EvalContext& ctx, const Window& window) {
  const auto in = ctx.inputs[kX].shape.subspan(2), out = ctx.inputs[kGrad].shape.subspan(2);
  const TensorView& w = ctx.inputs[kW];
  const std::int64_t group = ctx.integer("group");
  const Sizes s{ctx.inputs[kX].shape[0], group, w.shape[1], w.shape[0] / group, volume(in), volume(out), window.taps()};
  for (const MutableTensorView& made : ctx.outputs)
    if (made.present()) std::fill_n(made.as<T>(), made.count(), T(0));
  for (std::int64_t k = 0; k < s.taps; ++k) {
    const Tap tap = tap_of(window, k, out, in);
    for (std::int64_t i = 0; i < s.batch * s.group; ++i) {
      const T* grad = ctx.inputs[kGrad].as<T>() + i * s.maps * s.output;
      const std::int64_t x = i * s.inner * s.input, weights = i % s.group * s.maps * s.inner * s.taps + k;
      if (ctx.wants(0)) add_input(grad, w.as<T>() + weights, ctx.outputs[0].as<T>() + x, s, tap);
      if (ctx.wants(1)) add_weights(grad, ctx.inputs[kX].as<T>() + x, ctx.outputs[1].as<T>() + weights, s, tap);
    }
  }
}

void eval(const EvalContext& ctx) {
  Window window = window_of(ctx.node.attributes, ctx.inputs[kW].shape.subspan(2));
  for (std::size_t d = 0; d < window.rank; ++d)
    place(window, d, ctx.inputs[kX].shape[d + 2], auto_pad_of(ctx.node.attributes));
  with_float(ctx.inputs[kX].dtype, [&]<class T>(TypeTag<T>) { differentiate<T>(ctx, window); });
}

}  // namespace

const OpDef& conv_gradient() {
  static const OpDef def{
      .name = "ConvGradient",
      .domain = "rondo",
      .attributes = window_attributes({attr("group", 1), optional_attr("kernel_shape", AttrKind::integers)}),
      .inputs = {{"grad", "T"}, {"X", "T"}, {"W", "T"}},
      .outputs = {{"grad_X", "T", Presence::optional}, {"grad_W", "T", Presence::optional}},
      .types = {{"T", kFloats}},
      .infer = infer,
      .eval = eval,
      .tolerance = kAccumulated};
  return def;
}

}  // namespace rondo::ops
