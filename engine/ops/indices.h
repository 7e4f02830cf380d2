// Indices that pick elements or slices of a tensor, checked where they are used: for Gather, Scatter and their like,
// whose input 0 is the data and input 1 the indices. Negative indices count from the back.
#pragma once

#include "ops/walk.h"

namespace rondo::ops {

// GatherElements and ScatterElements: data and indices have the same rank, indices no more elements than data along
// axes other than `axis`. Throws otherwise; dims that are not known pass.
void check_element_indices(const InferContext& ctx);

// The number of entries in a row of indices, their last dim; nullopt while it is not known. Throws for a scalar and for
// more than `most`, the dims of data there are to index.
std::optional<std::int64_t> checked_depth(const InferContext& ctx, std::int64_t most);

// What is thrown for element `place` of indices.
Error index_error(const EvalContext& ctx, std::int64_t index, std::int64_t place, std::size_t axis);

// Element i of indices as a place along an axis of data. Throws Error(data) when it is out of range.
inline std::int64_t checked_index(const EvalContext& ctx, const IntegerList& indices, std::int64_t i,
                                  std::size_t axis) {
  const std::int64_t index = indices[i], size = ctx.inputs[0].shape[axis];
  if (index < -size || index >= size) throw index_error(ctx, index, i, axis);
  return resolved_axis(index, size);
}

// Where a row of `depth` entries points, in elements: they stand for the axes of data from `first` on.
std::int64_t place_of_row(const EvalContext& ctx, const IntegerList& indices, std::int64_t row, std::int64_t depth,
                          std::size_t first, const Dims& strides);

// f(i, place) for every element i of indices, in order: the place in data that has the element's own coordinates,
// except along the attribute `axis`, where its value says which.
template <class F>
void each_indexed(const EvalContext& ctx, F&& f) {
  const TensorView& data = ctx.inputs[0];
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), data.rank()));
  const IntegerList indices(ctx.inputs[1]);
  Dims strides = dense_strides(data.shape);
  const std::int64_t along = strides[axis];
  strides[axis] = 0;
  std::int64_t i = 0;
  for (Walk<1> w(ctx.inputs[1].shape, {strides}); !w.done(); w.next())
    for (std::int64_t k = 0; k < w.length(); ++k, ++i)
      f(i, w.at(0) + k * w.step(0) + checked_index(ctx, indices, i, axis) * along);
}

}  // namespace rondo::ops
