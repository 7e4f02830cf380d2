#include "ops/indices.h"

#include <fmt/format.h>

namespace rondo::ops {

void check_element_indices(const InferContext& ctx) {
  if (!ctx.ranked(0)) return;
  const Shape& data = ctx.shape(0);
  const auto axis = static_cast<std::size_t>(checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0)));
  if (!ctx.ranked(1)) return;
  const Shape& indices = ctx.shape(1);
  bool fits = indices.size() == data.size();
  for (std::size_t d = 0; fits && d < data.size(); ++d)
    fits = d == axis || !data[d].known() || indices[d].value <= data[d].value;
  if (!fits)
    throw ctx.error("indices does not fit data")
        .got(to_string(indices) + " for " + to_string(data))
        .expected(fmt::format("the same rank, and dims no larger except along axis {}", axis));
}

std::optional<std::int64_t> checked_depth(const InferContext& ctx, std::int64_t most) {
  const Shape& indices = ctx.shape(1);
  if (indices.empty()) throw ctx.error("indices is a scalar").expected("rows of index entries");
  if (!indices.back().known()) return std::nullopt;
  const std::int64_t depth = indices.back().value;
  if (depth > most)
    throw ctx.error("indices has more entries to a row than data has dims")
        .got(std::to_string(depth))
        .expected(fmt::format("at most {}", most));
  return depth;
}

Error index_error(const EvalContext& ctx, std::int64_t index, std::int64_t place, std::size_t axis) {
  const std::int64_t size = ctx.inputs[0].shape[axis];
  return ctx.error(fmt::format("indices holds an index out of range at element {}", place))
      .got(std::to_string(index))
      .expected(size == 0 ? fmt::format("none, axis {} of data has size 0", axis)
                          : fmt::format("{} to {}, axis {} of data has size {}", -size, size - 1, axis, size));
}

std::int64_t place_of_row(const EvalContext& ctx, const IntegerList& indices, std::int64_t row, std::int64_t depth,
                          std::size_t first, const Dims& strides) {
  std::int64_t place = 0;
  for (std::int64_t d = 0; d < depth; ++d) {
    const std::size_t axis = first + static_cast<std::size_t>(d);
    place += checked_index(ctx, indices, row * depth + d, axis) * strides[axis];
  }
  return place;
}

}  // namespace rondo::ops
