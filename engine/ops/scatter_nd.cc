// ScatterND: data with slices replaced by, or combined with, updates. Each row of indices is the beginning of an index
// into data; negative entries count from the back.
#include <fmt/format.h>

#include <algorithm>

#include "ir/graph.h"
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/tolerance.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

void check_updates(const InferContext& ctx) {
  if (!ctx.ranked(0) || !ctx.ranked(1)) return;
  const Shape &data = ctx.shape(0), &indices = ctx.shape(1);
  checked_rank(ctx, 0);
  if (indices.empty()) throw ctx.error("indices is a scalar").expected("rows of index entries");
  if (!indices.back().known()) return;
  const std::int64_t depth = indices.back().value;
  if (depth > ctx.type(0).rank())
    throw ctx.error("indices has more entries to a row than data has dims")
        .got(std::to_string(depth))
        .expected(fmt::format("at most {}", data.size()));
  if (!ctx.ranked(2)) return;
  Shape wanted(indices.begin(), indices.end() - 1);
  wanted.insert(wanted.end(), data.begin() + depth, data.end());
  if (!std::ranges::equal(ctx.shape(2), wanted, may_equal))
    throw ctx.error("updates has the wrong shape").got(to_string(ctx.shape(2))).expected(to_string(wanted));
}

void infer(InferContext& ctx) {
  static constexpr std::string_view kReductions[] = {"none", "add", "mul", "max", "min"};
  if (std::ranges::find(kReductions, ctx.text("reduction")) == std::end(kReductions))
    throw ctx.attribute_error("reduction", "no such reduction")
        .got(ctx.text("reduction"))
        .expected("none, add, mul, max or min");
  check_updates(ctx);
  ctx.set(0, ctx.type(0));
}

// The combination of two elements by the reduction whose name ends in that letter (add, mul, max, min); of booleans add
// and max are "or", mul and min are "and".
template <class T>
T combined(char reduction, T old, T update) {
  if constexpr (kIsHalf<T>) {
    return converted<T>(combined(reduction, to_float(old), to_float(update)));
  } else if constexpr (std::is_same_v<T, Boolean>) {
    const bool any = reduction == 'd' || reduction == 'x';
    return {static_cast<std::uint8_t>(any ? old.bits | update.bits : old.bits & update.bits)};
  } else {
    switch (reduction) {
      case 'd':
        return wrap_add(old, update);
      case 'l':
        return wrap_mul(old, update);
      case 'x':
        return old >= update || old != old ? old : update;
      default:
        return old <= update || old != old ? old : update;
    }
  }
}

// Where in data a row of indices points, in elements.
std::int64_t place_of(const EvalContext& ctx, const IntegerList& indices, std::int64_t row, std::int64_t depth,
                      const Dims& strides) {
  std::int64_t place = 0;
  for (std::int64_t d = 0; d < depth; ++d) {
    const auto axis = static_cast<std::size_t>(d);
    const std::int64_t index = indices[row * depth + d], size = ctx.inputs[0].shape[axis];
    if (index < -size || index >= size)
      throw ctx.error(fmt::format("indices holds an index out of range in row {}", row))
          .got(std::to_string(index))
          .expected(fmt::format("{} to {}, axis {} of data has size {}", -size, size - 1, d, size));
    place += resolved_axis(index, size) * strides[axis];
  }
  return place;
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  const std::size_t size = size_of(out.dtype);
  copy_elements(out.data, ctx.inputs[0].data, out.count(), size);
  const IntegerList indices(ctx.inputs[1]);
  const std::int64_t depth = ctx.inputs[1].shape.back();
  const Dims strides = dense_strides(out.shape);
  std::int64_t rows = 1, block = 1;
  for (std::size_t d = 0; d + 1 < ctx.inputs[1].shape.size(); ++d) rows *= ctx.inputs[1].shape[d];
  for (auto d = static_cast<std::size_t>(depth); d < out.shape.size(); ++d) block *= out.shape[d];
  const auto& reduction = std::get<std::string>(*find_attribute(ctx.node.attributes, "reduction"));
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t place = place_of(ctx, indices, row, depth, strides);
    const std::byte* update = element_at(ctx.inputs[2].data, row * block, size);
    if (reduction == "none") {
      copy_elements(element_at(out.data, place, size), update, block, size);
      continue;
    }
    with_any(out.dtype, [&]<class T>(TypeTag<T>) {
      T* y = out.as<T>() + place;
      const T* u = ctx.inputs[2].as<T>() + row * block;
      for (std::int64_t i = 0; i < block; ++i) y[i] = combined(reduction.back(), y[i], u[i]);
    });
  }
}

}  // namespace

const OpDef& scatter_nd() {
  static const OpDef def{.name = "ScatterND",
                         .attributes = {attr("reduction", "none")},
                         .inputs = {{"data", "T"}, {"indices", "indices"}, {"updates", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"indices", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kRounded,
                         .moves = true};
  return def;
}

}  // namespace rondo::ops
