// ConvTranspose: every element of X adds its multiple of the kernel to Y at place * stride - pad: the gradient of a
// Conv by its input. Output size: stride * (in - 1) + output_padding + extent - pads, or output_shape, which sets the
// pads.
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

constexpr std::int64_t kLargest = std::int64_t{1} << 31;

void check_list(const InferContext& ctx, std::string_view name, std::size_t length) {
  const AttrValue* value = ctx.find(name);
  if (value == nullptr) return;
  const auto& list = std::get<std::vector<std::int64_t>>(*value);
  const bool fits = std::ranges::all_of(list, [](std::int64_t v) { return v >= 0 && v < kLargest; });
  if (list.size() != length || !fits)
    throw ctx.attribute_error(name, fmt::format("{} is not valid", name))
        .got(list_text(list))
        .expected(fmt::format("{} numbers of 0 and more", length));
}

void check_channels(const InferContext& ctx) {
  const Dim &channels = ctx.shape(0)[1], &rows = ctx.shape(1)[0];
  const std::int64_t group = ctx.integer("group");
  if (!may_equal(channels, rows))
    throw ctx.error("the channels of X and W differ")
        .got(fmt::format("X {}, W {}", to_string(ctx.shape(0)), to_string(ctx.shape(1))))
        .expected("dim 1 of X = dim 0 of W");
  if (group < 1 || (rows.known() && rows.value % group != 0))
    throw ctx.attribute_error("group", "group does not divide the channels")
        .got(std::to_string(group))
        .expected("a divisor of dim 0 of W " + to_string(ctx.shape(1)));
}

Dim maps_of(const InferContext& ctx) {
  const std::int64_t group = ctx.integer("group");
  if (group < 1 || group >= kLargest)
    throw ctx.attribute_error("group", "group is out of range").got(std::to_string(group));
  const Dim factors[] = {group, ctx.shape(1)[1]};
  return product(ctx, factors);
}

Dim spread_dim(const InferContext& ctx, Window& window, std::size_t axis, const Dim& size) {
  const AttrValue* shape = ctx.find("output_shape");
  const std::int64_t fixed = shape == nullptr ? -1 : std::get<std::vector<std::int64_t>>(*shape)[axis];
  if (!size.known()) return fixed >= 0 ? Dim(fixed) : Dim();
  if (size.value >= kLargest) throw ctx.error("a dim of X is too large").got(std::to_string(size.value));
  if (size.value == 0) throw ctx.error(fmt::format("spatial axis {} of X has no elements", axis));
  const std::int64_t places = spread(window, axis, size.value, ctx.node().attributes);
  if (places < 0)
    throw ctx.error(fmt::format("the pads of spatial axis {} take more than there is", axis))
        .got(fmt::format("output size {}", places));
  return places;
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
  if (ctx.ranked(1)) out[1] = maps_of(ctx);
  if (ctx.ranked(2) && !may_equal(ctx.shape(2)[0], out[1]))
    throw ctx.error("B has the wrong size").got(to_string(ctx.shape(2))).expected(to_string(Shape{out[1]}));
  if (ctx.ranked(0) && ctx.ranked(1)) {
    check_channels(ctx);
    const Shape kernel(ctx.shape(1).begin() + 2, ctx.shape(1).end());
    if (const auto dims = concrete_dims({ctx.dtype(1), kernel})) {
      Window window = checked_window(ctx, *dims);
      check_list(ctx, "output_padding", window.rank);
      check_list(ctx, "output_shape", window.rank);
      for (std::size_t d = 0; d < window.rank; ++d) out[d + 2] = spread_dim(ctx, window, d, ctx.shape(0)[d + 2]);
    }
  }
  ctx.set(0, ctx.dtype(0), std::move(out));
}

// y += weight * x over the places the tap reaches.
template <class T>
void add_plane(const T* x, T weight, T* y, const Tap& tap) {
  for (Walk<2> row = tap.walk; !row.done(); row.next())
    add_scaled(y + tap.at[1] + row.at(1), row.step(1), weight, x + tap.at[0] + row.at(0), row.step(0), row.length());
}

template <class T>
void spread_all(const EvalContext& ctx, const Window& window) {
  const auto in = ctx.inputs[0].shape.subspan(2), out = ctx.outputs[0].shape.subspan(2);
  const std::int64_t group = ctx.integer("group"), channels = ctx.inputs[0].shape[1], maps = ctx.inputs[1].shape[1];
  const std::int64_t input = volume(in), output = volume(out), taps = window.taps();
  const std::int64_t batch = ctx.inputs[0].shape[0], per_group = channels / group;
  T* y = ctx.outputs[0].as<T>();
  for (std::int64_t plane = 0; plane < batch * group * maps; ++plane)
    std::fill_n(y + plane * output, output, ctx.has(2) ? ctx.inputs[2].as<T>()[plane % (group * maps)] : T(0));
  for (std::int64_t k = 0; k < taps; ++k) {
    const Tap tap = tap_of(window, k, in, out);
    for (std::int64_t c = 0; c < batch * channels; ++c) {
      const std::int64_t first_map = c / per_group * maps, row = c % channels * maps;
      for (std::int64_t m = 0; m < maps; ++m)
        add_plane(ctx.inputs[0].as<T>() + c * input, ctx.inputs[1].as<T>()[(row + m) * taps + k],
                  y + (first_map + m) * output, tap);
    }
  }
}

void eval(const EvalContext& ctx) {
  Window window = window_of(ctx.node.attributes, ctx.inputs[1].shape.subspan(2));
  for (std::size_t d = 0; d < window.rank; ++d) spread(window, d, ctx.inputs[0].shape[d + 2], ctx.node.attributes);
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { spread_all<T>(ctx, window); });
  apply_fused_activation(ctx);
}

// The sizes of an axis of the attributes, or as many times `otherwise`.
std::vector<std::int64_t> entries(const GradientContext& ctx, std::string_view name, std::size_t n,
                                  std::int64_t otherwise) {
  const AttrValue* value = ctx.find(name);
  return value == nullptr ? std::vector<std::int64_t>(n, otherwise) : std::get<std::vector<std::int64_t>>(*value);
}

// The pads of the Conv that this operator is the transpose of. Where auto_pad or output_shape decides them they follow
// from the size of X.
std::vector<std::int64_t> pads_of(const GradientContext& ctx, std::size_t rank) {
  const std::string& mode = ctx.text("auto_pad");
  const bool given = ctx.find("output_shape") == nullptr && (mode == "NOTSET" || mode == "VALID");
  if (given) return entries(ctx, "pads", 2 * rank, 0);
  const auto x = concrete_dims(ctx.type(ctx.input(0))), w = concrete_dims(ctx.type(ctx.input(1)));
  if (!x || !w)
    throw ctx.error("the padding depends on the size of X, which is not known")
        .fix("state the shape of the model's inputs, or export with pads instead of auto_pad and output_shape");
  Window window = window_of(ctx.node().attributes, std::span(*w).subspan(2));
  std::vector<std::int64_t> pads(2 * rank);
  for (std::size_t d = 0; d < rank; ++d) {
    spread(window, d, (*x)[d + 2], ctx.node().attributes);
    pads[d] = window.begin[d];
    pads[d + rank] = window.end[d];
  }
  return pads;
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
  if (!ctx.wants(0) && !ctx.wants(1)) return;
  const auto rank = static_cast<std::size_t>(w.rank() - 2);
  const auto extra = entries(ctx, "output_padding", rank, 0), strides = entries(ctx, "strides", rank, 1);
  if (!std::ranges::equal(extra, strides, std::ranges::less{}))
    throw ctx.error("output_padding reaches past what a step of the strides covers");
  const Attributes attributes{{"dilations", entries(ctx, "dilations", rank, 1)},
                              {"group", ctx.integer("group")},
                              {"pads", pads_of(ctx, rank)},
                              {"strides", strides}};
  if (ctx.wants(0)) ctx.set(0, apply(conv(), {g, w}, attributes).id());
  if (ctx.wants(1)) ctx.set(1, ctx.emit(conv_gradient(), {x.id(), g.id(), w.id()}, attributes, {false, true})[1]);
}

}  // namespace

const OpDef& conv_transpose() {
  static const OpDef def{
      .name = "ConvTranspose",
      .attributes = with_fused_activation(window_attributes(
          {attr("group", 1), optional_attr("kernel_shape", AttrKind::integers),
           optional_attr("output_padding", AttrKind::integers), optional_attr("output_shape", AttrKind::integers)})),
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
