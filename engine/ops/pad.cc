// Pad: elements added before and after the axes named (all without axes), taken from constant_value or from data: edge
// repeats the end, reflect mirrors without repeating it, wrap starts over. Negative pads remove elements; they are
// removed before anything is added.
#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "ir/graph.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kData, kPads, kValue, kAxes };

// One axis: `kept` elements of data from `from` on, standing behind `lead` new ones.
struct Axis {
  std::int64_t from = 0, kept = 0, lead = 0;
};
Axis axis_of(std::int64_t size, std::int64_t begin, std::int64_t end) noexcept {
  const std::int64_t from = begin < 0 ? -begin : 0, removed = end < 0 ? -end : 0;
  return {from, size - from - removed, begin > 0 ? begin : 0};
}

enum class Mode { constant, edge, reflect, wrap };
constexpr std::string_view kModes[] = {"constant", "edge", "reflect", "wrap"};

std::int64_t mirrored(std::int64_t p, std::int64_t n) noexcept {
  if (n == 1) return 0;
  const std::int64_t period = 2 * (n - 1), q = (p % period + period) % period;
  return q < n ? q : period - q;
}

// Where element i of the padded axis comes from; -1: constant_value.
std::int64_t source(Mode mode, const Axis& axis, std::int64_t i) noexcept {
  const std::int64_t p = i - axis.lead, n = axis.kept;
  if (p >= 0 && p < n) return axis.from + p;
  if (mode == Mode::constant) return -1;
  if (mode == Mode::edge) return axis.from + std::clamp<std::int64_t>(p, 0, n - 1);
  return axis.from + (mode == Mode::wrap ? (p % n + n) % n : mirrored(p, n));
}

Mode mode_of(const Attributes& attributes) noexcept {
  const auto mode = std::ranges::find(kModes, std::get<std::string>(*find_attribute(attributes, "mode")));
  return static_cast<Mode>(mode - std::begin(kModes));
}

Dim padded(const InferContext& ctx, std::size_t axis, const Dim& size, std::int64_t begin, std::int64_t end) {
  if (begin == 0 && end == 0) return size;
  if (!size.known()) return {};
  const auto with_begin = checked_add(size.value, begin);
  const auto total = with_begin ? checked_add(*with_begin, end) : std::nullopt;
  if (!total || *total < 0 || begin <= -size.value - 1 || end <= -size.value - 1)
    throw ctx.error(fmt::format("pads of axis {} leave no valid size", axis))
        .got(fmt::format("size {}, pads {} and {}", size.value, begin, end));
  const Axis a = axis_of(size.value, begin, end);
  const bool adds = begin > 0 || end > 0;
  if (a.kept < 0 || (a.kept == 0 && adds && mode_of(ctx.node().attributes) != Mode::constant))
    throw ctx.error(fmt::format("axis {} has no elements to pad with", axis))
        .got(fmt::format("size {}, pads {} and {}", size.value, begin, end));
  return *total;
}

void check_form(const InferContext& ctx) {
  if (std::ranges::find(kModes, ctx.text("mode")) == std::end(kModes))
    throw ctx.attribute_error("mode", "no such mode").got(ctx.text("mode")).expected("constant, edge, reflect or wrap");
  require_one_element(ctx, kValue);
}

Shape padded_shape(const InferContext& ctx) {
  const std::int64_t rank = checked_rank(ctx, kData);
  const auto pads = ctx.integers_of(kPads), listed = ctx.integers_of(kAxes);
  if (listed) checked_axes(ctx, *listed, rank);
  const auto length = list_length(ctx, kPads);
  const auto axes = listed           ? std::optional(static_cast<std::int64_t>(listed->size()))
                    : ctx.has(kAxes) ? list_length(ctx, kAxes)
                                     : std::optional(rank);
  if (length && axes && (*length % 2 != 0 || *length / 2 != *axes))
    throw ctx.error("pads has the wrong length")
        .got(std::to_string(*length))
        .expected(fmt::format("two for each of {} axes", *axes));
  Shape out = ctx.shape(kData);
  if (!pads || (ctx.has(kAxes) && !listed)) return unknown_shape(ctx, rank);
  const std::size_t n = pads->size() / 2;
  for (std::size_t i = 0; i < n; ++i) {
    const auto axis = listed ? static_cast<std::size_t>(resolved_axis((*listed)[i], rank)) : i;
    out[axis] = padded(ctx, axis, out[axis], (*pads)[i], (*pads)[i + n]);
  }
  return out;
}

void infer(InferContext& ctx) {
  check_form(ctx);
  list_length(ctx, kPads);
  list_length(ctx, kAxes);
  ctx.set(0, ctx.dtype(kData), ctx.ranked(kData) ? std::optional(padded_shape(ctx)) : std::nullopt);
}

using AxisList = std::array<Axis, kMaxRank>;

AxisList axes_padded(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[kData];
  const IntegerList pads(ctx.inputs[kPads]), axes(ctx.has(kAxes) ? ctx.inputs[kAxes] : TensorView{});
  AxisList list;
  for (std::size_t d = 0; d < in.shape.size(); ++d) list[d] = axis_of(in.shape[d], 0, 0);
  const std::int64_t n = pads.size() / 2;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto axis = static_cast<std::size_t>(ctx.has(kAxes) ? resolved_axis(axes[i], in.rank()) : i);
    list[axis] = axis_of(in.shape[axis], pads[i], pads[i + n]);
  }
  return list;
}

// One row along the last axis; from is null where the whole row is constant.
template <class U>
void fill_row(U* out, std::int64_t length, const U* from, const Axis& axis, Mode mode, U value) {
  if (from == nullptr) {
    std::fill_n(out, length, value);
    return;
  }
  const std::int64_t kept_end = std::min(axis.lead + axis.kept, length);
  const auto one = [&](std::int64_t i) {
    const std::int64_t place = source(mode, axis, i);
    out[i] = place < 0 ? value : from[place];
  };
  for (std::int64_t i = 0; i < std::min(axis.lead, length); ++i) one(i);
  copy_elements(out + axis.lead, from + axis.from, kept_end - axis.lead, sizeof(U));
  for (std::int64_t i = std::max(kept_end, axis.lead); i < length; ++i) one(i);
}

template <class U>
void fill_rows(const EvalContext& ctx, Mode mode, U value) {
  const TensorView& in = ctx.inputs[kData];
  const std::span<const std::int64_t> out = ctx.outputs[0].shape;
  const AxisList axes = axes_padded(ctx);
  const Dims strides = dense_strides(in.shape);
  const std::size_t last = out.size() - 1;
  Dims index{};
  U* to = ctx.outputs[0].as<U>();
  for (std::int64_t rows = ctx.outputs[0].count() / out[last]; rows > 0; --rows, to += out[last]) {
    const U* from = in.as<U>();
    for (std::size_t d = 0; d < last && from != nullptr; ++d) {
      const std::int64_t place = source(mode, axes[d], index[d]);
      from = place < 0 ? nullptr : from + place * strides[d];
    }
    fill_row(to, out[last], from, axes[last], mode, value);
    for (std::size_t d = last; d-- > 0 && ++index[d] == out[d];) index[d] = 0;
  }
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  const std::size_t size = size_of(out.dtype);
  if (out.count() == 0) return;
  if (out.rank() == 0) return copy_elements(out.data, ctx.inputs[kData].data, 1, size);
  with_element(size, [&]<class U>(TypeTag<U>) {
    fill_rows<U>(ctx, mode_of(ctx.node.attributes), ctx.has(kValue) ? *ctx.inputs[kValue].as<U>() : U(0));
  });
}

// What was padded is cut off again. Where elements of data stand in the padding too, every place is asked which element
// it shows.
void gradient(GradientContext& ctx) {
  const Term data = input(ctx, kData), pads = input(ctx, kPads), axes = input(ctx, kAxes), none(ctx, kNone);
  if (mode_of(ctx.node().attributes) != Mode::constant) {
    const Term places = apply(pad(), {places_of(data), pads, none, axes}, ctx.node().attributes);
    return ctx.set(kData, scattered(grad(ctx), places, data).id());
  }
  const Term kept = apply(pad(), {grad(ctx), apply(neg(), pads), none, axes});
  if (ctx.wants(kData)) ctx.set(kData, kept.id());
  if (!ctx.wants(kValue)) return;
  const auto total = [](const Term& x) { return apply(reduce_sum(), {x}, {{"keepdims", std::int64_t{0}}}); };
  ctx.set(kValue, reshaped_like(total(grad(ctx)) - total(kept), input(ctx, kValue)).id());
}

}  // namespace

const OpDef& pad() {
  static const OpDef def{.name = "Pad",
                         .attributes = {attr("mode", "constant")},
                         .inputs = {{"data", "T"},
                                    {"pads", "pads"},
                                    {"constant_value", "T", Presence::optional},
                                    {"axes", "Tind", Presence::optional}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"pads", {DType::int64}}, {"Tind", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
