// Slice: start, start + step ... before end along the axes named. Negative starts and ends count from the back; what
// lies outside is clamped, for negative steps to [0, size-1] and [-1, size-1] as ONNX words it.
#include "ops/slice.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {

// step is not 0. Differences fit: start and end lie within [-1, size] once clamped.
SliceRange slice_range(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t size) noexcept {
  if (start < 0) start += size;
  if (end < 0) end += size;
  const auto distance = [&](std::int64_t from, std::int64_t to, std::uint64_t stride) {
    return from >= to ? 0 : static_cast<std::int64_t>(static_cast<std::uint64_t>(to - from - 1) / stride) + 1;
  };
  if (step > 0) {
    start = std::clamp<std::int64_t>(start, 0, size);
    end = std::clamp<std::int64_t>(end, 0, size);
    return {start, distance(start, end, static_cast<std::uint64_t>(step))};
  }
  start = std::min(std::max<std::int64_t>(start, 0), size - 1);
  end = std::min(std::max<std::int64_t>(end, -1), size - 1);
  return {start, distance(end, start, ~static_cast<std::uint64_t>(step) + 1)};
}

SlicePlaces slice_places(std::span<const TensorView> lists, std::span<const std::int64_t> data,
                         std::span<const std::int64_t> slice) noexcept {
  const auto list = [&](std::size_t i) { return IntegerList(i < lists.size() ? lists[i] : TensorView{}); };
  const IntegerList starts = list(0), ends = list(1), axes = list(2), steps = list(3);
  const auto rank = static_cast<std::int64_t>(data.size());
  SlicePlaces places{0, dense_strides(data)};
  for (std::int64_t i = 0; i < starts.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes.size() > 0 ? resolved_axis(axes[i], rank) : i);
    const std::int64_t step = steps.size() > 0 ? steps[i] : 1;
    std::int64_t& stride = places.strides[axis];
    places.offset += slice_range(starts[i], ends[i], step, data[axis]).start * stride;
    // A dim of one element is never stepped along, and its step may be anything.
    stride = slice[axis] == 1 ? 0 : stride * step;
  }
  return places;
}

namespace {

enum Input : std::size_t { kData, kStarts, kEnds, kAxes, kSteps };

// The number of entries of starts, checked against the other lists; nullopt while it is not known.
std::optional<std::int64_t> entries(const InferContext& ctx) {
  std::optional<std::int64_t> n;
  for (std::size_t i : {kStarts, kEnds, kAxes, kSteps}) {
    const auto length = list_length(ctx, i);
    if (!length) continue;
    if (n && *n != *length)
      throw ctx.error(fmt::format("{} has another length than starts", ctx.input_label(i)))
          .got(std::to_string(*length))
          .expected(std::to_string(*n));
    n = length;
  }
  return n;
}

struct Lists {
  std::optional<std::vector<std::int64_t>> starts, ends, axes, steps;
};

Dim sliced(const InferContext& ctx, const Lists& lists, std::size_t i, const Dim& dim) {
  if (ctx.has(kSteps) && !lists.steps) return {};
  const std::int64_t step = lists.steps ? (*lists.steps)[i] : 1;
  if (step == 0) throw ctx.error(fmt::format("steps holds 0 at element {}", i)).expected("a step other than 0");
  if (!lists.starts || !lists.ends) return {};
  const std::int64_t start = (*lists.starts)[i], end = (*lists.ends)[i];
  if (dim.known()) return slice_range(start, end, step, dim.value).count;
  const bool whole = start == 0 && step == 1 && end >= std::numeric_limits<std::int32_t>::max();
  return whole ? dim : Dim();
}

Shape sliced_shape(const InferContext& ctx, std::optional<std::int64_t> n) {
  const std::int64_t rank = checked_rank(ctx, kData);
  Lists lists{ctx.integers_of(kStarts), ctx.integers_of(kEnds), ctx.integers_of(kAxes), ctx.integers_of(kSteps)};
  const bool axes_open = ctx.has(kAxes) && !lists.axes;
  if (!n || axes_open) return unknown_shape(ctx, rank);
  if (*n > rank)
    throw ctx.error("starts names more dims than data has")
        .got(std::to_string(*n))
        .expected(fmt::format("at most {}", rank));
  Shape out = ctx.shape(kData);
  if (lists.axes) checked_axes(ctx, *lists.axes, rank);
  for (std::int64_t i = 0; i < *n; ++i) {
    const auto entry = static_cast<std::size_t>(i);
    const auto axis = static_cast<std::size_t>(lists.axes ? resolved_axis((*lists.axes)[entry], rank) : i);
    out[axis] = sliced(ctx, lists, entry, ctx.shape(kData)[axis]);
  }
  return out;
}

void infer(InferContext& ctx) {
  const auto n = entries(ctx);
  ctx.set(0, ctx.dtype(kData), ctx.ranked(kData) ? std::optional(sliced_shape(ctx, n)) : std::nullopt);
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[kData];
  const MutableTensorView& out = ctx.outputs[0];
  if (out.count() == 0) return;
  const SlicePlaces places = slice_places(ctx.inputs.subspan(kStarts), in.shape, out.shape);
  const std::size_t size = size_of(in.dtype);
  copy_strided(size, out.shape, out.data, dense_strides(out.shape), element_at(in.data, places.offset, size),
               places.strides);
}

void gradient(GradientContext& ctx) {
  ctx.set(kData, apply(slice_gradient(), {grad(ctx), shape_of(input(ctx, kData)), input(ctx, kStarts),
                                          input(ctx, kEnds), input(ctx, kAxes), input(ctx, kSteps)})
                     .id());
}

}  // namespace

const OpDef& slice() {
  static const OpDef def{.name = "Slice",
                         .inputs = {{"data", "T"},
                                    {"starts", "Tind"},
                                    {"ends", "Tind"},
                                    {"axes", "Tind", Presence::optional},
                                    {"steps", "Tind", Presence::optional}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"Tind", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
