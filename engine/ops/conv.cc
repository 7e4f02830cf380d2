// Conv: Y[n,m,o] = B[m] + sum over c and taps k of W[m,c,k] * X[n, c of m's group, o * stride + k * dilation - pad], on
// any number of spatial axes. The reference goes tap by tap, so that its inner loop runs along a row.
#include <fmt/format.h>

#include <algorithm>

#include "ir/graph.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/fused_activation.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/product.h"
#include "ops/term.h"
#include "ops/tolerance.h"
#include "ops/window.h"

namespace rondo::ops {
namespace {

// Groups, channels and bias; X and W are ranked.
void check_channels(const InferContext& ctx) {
  const Dim &channels = ctx.shape(0)[1], &maps = ctx.shape(1)[0], &inner = ctx.shape(1)[1];
  const std::int64_t group = ctx.integer("group");
  if (group < 1 || (maps.known() && maps.value % group != 0))
    throw ctx.attribute_error("group", "group does not divide the feature maps of W")
        .got(std::to_string(group))
        .expected("a divisor of dim 0 of W " + to_string(ctx.shape(1)));
  if (channels.known() && inner.known() && (channels.value % group != 0 || channels.value / group != inner.value))
    throw ctx.error("the channels of X and W differ")
        .got(fmt::format("X {}, W {}, group {}", to_string(ctx.shape(0)), to_string(ctx.shape(1)), group))
        .expected("dim 1 of X = dim 1 of W * group");
  if (ctx.ranked(2) && !may_equal(ctx.shape(2)[0], maps))
    throw ctx.error("B has the wrong size").got(to_string(ctx.shape(2))).expected(to_string(Shape{maps}));
}

void infer(InferContext& ctx) {
  require_rank(ctx, 2, 1);
  const std::size_t ranked = ctx.ranked(0) ? 0 : 1;
  if (!ctx.ranked(ranked)) return ctx.set(0, ctx.dtype(0), std::nullopt);
  const std::int64_t rank = checked_rank(ctx, ranked);
  if (rank < 3) throw ctx.error(ctx.input_label(ranked) + " has no spatial axis").got(to_string(ctx.shape(ranked)));
  require_rank(ctx, 1, rank);
  Shape out(static_cast<std::size_t>(rank));
  if (ctx.ranked(0)) out[0] = ctx.shape(0)[0];
  if (ctx.ranked(1)) out[1] = ctx.shape(1)[0];
  if (ctx.ranked(0) && ctx.ranked(1)) {
    check_channels(ctx);
    const Shape kernel(ctx.shape(1).begin() + 2, ctx.shape(1).end());
    if (const auto dims = concrete_dims({ctx.dtype(1), kernel})) {
      Window window = checked_window(ctx, *dims);
      for (std::size_t d = 0; d < window.rank; ++d) out[d + 2] = placed(ctx, window, d, ctx.shape(0)[d + 2]);
    }
  }
  ctx.set(0, ctx.dtype(0), std::move(out));
}

struct Sizes {
  std::int64_t batch, group, inner, maps;  // channels and maps of one group
  std::int64_t input, output, taps;        // elements of one plane, and of one kernel
};

template <class T>
void add_tap(const T* x, const T* w, T* y, const Sizes& s, const Tap& tap) {
  for (std::int64_t m = 0; m < s.maps; ++m)
    for (std::int64_t c = 0; c < s.inner; ++c) {
      const T weight = w[(m * s.inner + c) * s.taps];
      const T* from = x + c * s.input + tap.at[1];
      T* to = y + m * s.output + tap.at[0];
      for (Walk<2> row = tap.walk; !row.done(); row.next())
        add_scaled(to + row.at(0), row.step(0), weight, from + row.at(1), row.step(1), row.length());
    }
}

template <class T>
void convolve(const EvalContext& ctx, const Window& window) {
  const auto in = ctx.inputs[0].shape.subspan(2), out = ctx.outputs[0].shape.subspan(2);
  const std::int64_t group = ctx.integer("group");
  const Sizes s{
      ctx.inputs[0].shape[0], group, ctx.inputs[1].shape[1], ctx.inputs[1].shape[0] / group, volume(in), volume(out),
      window.taps()};
  T* y = ctx.outputs[0].as<T>();
  for (std::int64_t plane = 0; plane < s.batch * s.group * s.maps; ++plane)
    std::fill_n(y + plane * s.output, s.output, ctx.has(2) ? ctx.inputs[2].as<T>()[plane % (s.group * s.maps)] : T(0));
  for (std::int64_t k = 0; k < s.taps; ++k) {
    const Tap tap = tap_of(window, k, out, in);
    for (std::int64_t i = 0; i < s.batch * s.group; ++i)
      add_tap(ctx.inputs[0].as<T>() + i * s.inner * s.input,
              ctx.inputs[1].as<T>() + i % s.group * s.maps * s.inner * s.taps + k, y + i * s.maps * s.output, s, tap);
  }
}

void eval(const EvalContext& ctx) {
  Window window = window_of(ctx.node.attributes, ctx.inputs[1].shape.subspan(2));
  for (std::size_t d = 0; d < window.rank; ++d)
    place(window, d, ctx.inputs[0].shape[d + 2], auto_pad_of(ctx.node.attributes));
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { convolve<T>(ctx, window); });
  apply_fused_activation(ctx);
}

// With steps of 1 and pads that are given, X gets its gradient from a ConvTranspose, for which there are kernels.
bool is_dense(const GradientContext& ctx) {
  const AttrValue* strides = ctx.find("strides");
  const auto one = [](std::int64_t step) { return step == 1; };
  return ctx.text("auto_pad") == "NOTSET" &&
         (strides == nullptr || std::ranges::all_of(std::get<std::vector<std::int64_t>>(*strides), one));
}

void gradient(GradientContext& ctx) {
  if (fused_activation(ctx.node().attributes))
    throw ctx.error("a function is fused into it, which belongs behind differentiation");
  const Term x = input(ctx, 0), w = input(ctx, 1), g = grad(ctx);
  if (ctx.wants(2)) {
    std::vector<std::int64_t> axes = axes_between(2, w.rank());
    axes.insert(axes.begin(), 0);
    ctx.set(2, sum_over(g, std::move(axes), false).id());
  }
  const bool transposes = ctx.wants(0) && is_dense(ctx);
  if (transposes) ctx.set(0, apply(conv_transpose(), {g, w}, ctx.node().attributes).id());
  const bool x_is_left = ctx.wants(0) && !transposes;
  if (!x_is_left && !ctx.wants(1)) return;
  const auto made =
      ctx.emit(conv_gradient(), {g.id(), x.id(), w.id()}, ctx.node().attributes, {x_is_left, ctx.wants(1)});
  if (x_is_left) ctx.set(0, made[0]);
  if (ctx.wants(1)) ctx.set(1, made[1]);
}

}  // namespace

const OpDef& conv() {
  static const OpDef def{.name = "Conv",
                         .attributes = with_fused_activation(
                             window_attributes({attr("group", 1), optional_attr("kernel_shape", AttrKind::integers)})),
                         .inputs = {{"X", "T"}, {"W", "T"}, {"B", "T", Presence::optional}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
