#include "ops/quantize.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/cast.h"
#include "ops/dims.h"

namespace rondo::ops {
namespace {

namespace in = quantize_input;

bool is_one(const Shape& shape) { return shape.empty() || (shape.size() == 1 && shape[0] == Dim(1)); }

Error wrong_scale(const InferContext& ctx, const std::string& expected) {
  return ctx.error(ctx.input_label(in::scale) + " has the wrong shape")
      .got(fmt::format("{} for {}", to_string(ctx.shape(in::scale)), to_string(ctx.shape(in::x))))
      .expected(expected);
}

void check_axis_scale(const InferContext& ctx, std::size_t axis) {
  const Shape& scale = ctx.shape(in::scale);
  if (scale.size() != 1) throw wrong_scale(ctx, "one number, or a list without block_size");
  if (!may_equal(scale[0], ctx.shape(in::x)[axis]))
    throw wrong_scale(ctx, fmt::format("one number for each place on axis {}", axis));
}

void check_block_scale(const InferContext& ctx, std::size_t axis, std::int64_t block) {
  const Shape &x = ctx.shape(in::x), &scale = ctx.shape(in::scale);
  bool fits = scale.size() == x.size();
  for (std::size_t d = 0; fits && d < x.size(); ++d) {
    const bool blocked = d == axis && x[d].known();
    fits = may_equal(scale[d], blocked     ? Dim(x[d].value / block + (x[d].value % block != 0 ? 1 : 0))
                               : d == axis ? Dim()
                                           : x[d]);
  }
  if (!fits) throw wrong_scale(ctx, fmt::format("the shape of x with axis {} in blocks of {}", axis, block));
}

}  // namespace

void check_scales(const InferContext& ctx) {
  const std::int64_t block = ctx.integer("block_size");
  if (block < 0)
    throw ctx.attribute_error("block_size", "block_size is negative").got(std::to_string(block)).expected("0 or more");
  if (!ctx.ranked(in::scale)) return;
  const Shape& scale = ctx.shape(in::scale);
  if (ctx.ranked(in::zero_point)) {
    const Shape& zero = ctx.shape(in::zero_point);
    if (!(is_one(zero) && is_one(scale)) && !std::ranges::equal(zero, scale, may_equal))
      throw ctx.error(ctx.input_label(in::zero_point) + " has another shape than the scale")
          .got(to_string(zero))
          .expected(to_string(scale));
  }
  if (!ctx.ranked(in::x) || (block == 0 && is_one(scale))) return;
  const auto axis = static_cast<std::size_t>(checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, in::x)));
  if (block == 0) return check_axis_scale(ctx, axis);
  check_block_scale(ctx, axis, block);
}

ScaleOf::ScaleOf(const EvalContext& ctx) : lines_(ctx.inputs[in::x].shape, ctx.inputs[in::x].shape.size()) {
  const TensorView &x = ctx.inputs[in::x], &scale = ctx.inputs[in::scale];
  block_ = std::max<std::int64_t>(ctx.integer("block_size"), 1);
  const bool blocked = ctx.integer("block_size") > 0;
  if (!blocked && scale.count() == 1) return;
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), x.rank()));
  lines_ = Lines(x.shape, axis);
  block_step_ = blocked ? lines_.inner : 1;
  inner_step_ = blocked ? 1 : 0;
  outer_step_ = blocked ? scale.shape[axis] * lines_.inner : 0;
}

DType type_attribute(const InferContext& ctx, std::string_view attribute, DTypeSet allowed) {
  return ctx.integer(attribute) == 0 ? DType::undefined : checked_dtype(ctx, attribute, allowed);
}

}  // namespace rondo::ops
