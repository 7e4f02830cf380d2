// GatherND: slices of data, each picked by a row of indices that is the beginning of an index into data, or with
// batch_dims into the part of data that has the row's own leading coordinates. Negative entries count from the back.
#include <fmt/format.h>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/indices.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

std::optional<Shape> gathered_shape(const InferContext& ctx, std::int64_t batch_dims) {
  const Shape &data = ctx.shape(0), &indices = ctx.shape(1);
  const std::int64_t rank = checked_rank(ctx, 0), least = std::min(rank, ctx.type(1).rank());
  const auto depth = checked_depth(ctx, rank - std::min(batch_dims, rank));
  if (batch_dims >= std::max<std::int64_t>(least, 1))
    throw ctx.attribute_error("batch_dims", "batch_dims is out of range")
        .got(std::to_string(batch_dims))
        .expected(fmt::format("less than {}, the smaller rank", least));
  Shape out(indices.begin(), indices.end() - 1);
  for (std::size_t d = 0; d < static_cast<std::size_t>(batch_dims); ++d) {
    const auto dim = agreed(data[d], indices[d]);
    if (!dim)
      throw ctx.error(fmt::format("data and indices differ in batch dim {}", d))
          .got(to_string(data) + " and " + to_string(indices));
    out[d] = *dim;
  }
  if (!depth) return std::nullopt;
  out.insert(out.end(), data.begin() + batch_dims + *depth, data.end());
  check_rank(ctx, out.size(), "output");
  return out;
}

void infer(InferContext& ctx) {
  const std::int64_t batch_dims = ctx.integer("batch_dims");
  if (batch_dims < 0)
    throw ctx.attribute_error("batch_dims", "batch_dims is out of range")
        .got(std::to_string(batch_dims))
        .expected("0 or more");
  const bool ranked = ctx.ranked(0) && ctx.ranked(1);
  ctx.set(0, ctx.dtype(0), ranked ? gathered_shape(ctx, batch_dims) : std::nullopt);
}

std::int64_t product_of(std::span<const std::int64_t> dims) {
  std::int64_t n = 1;
  for (std::int64_t d : dims) n *= d;
  return n;
}

void eval(const EvalContext& ctx) {
  const TensorView& data = ctx.inputs[0];
  const std::size_t size = size_of(data.dtype), first = static_cast<std::size_t>(ctx.integer("batch_dims"));
  const IntegerList indices(ctx.inputs[1]);
  const std::span<const std::int64_t> rows = ctx.inputs[1].shape.first(ctx.inputs[1].shape.size() - 1);
  const std::int64_t depth = ctx.inputs[1].shape.back(), rows_of_batch = product_of(rows.subspan(first));
  const std::int64_t batch = product_of(data.shape.subspan(first));
  const std::int64_t block = product_of(data.shape.subspan(first + static_cast<std::size_t>(depth)));
  const Dims strides = dense_strides(data.shape);
  for (std::int64_t row = 0, n = product_of(rows); row < n; ++row) {
    const std::int64_t place = place_of_row(ctx, indices, row, depth, first, strides);
    copy_elements(element_at(ctx.outputs[0].data, row * block, size),
                  element_at(data.data, row / rows_of_batch * batch + place, size), block, size);
  }
}

void gradient(GradientContext& ctx) {
  const Term data = input(ctx, 0);
  if (ctx.integer("batch_dims") == 0)
    return ctx.set(
        0, apply(scatter_nd(), {zeros_like(data), input(ctx, 1), grad(ctx)}, {{"reduction", std::string("add")}}).id());
  const Term places = apply(gather_nd(), {places_of(data), input(ctx, 1)}, ctx.node().attributes);
  ctx.set(0, scattered(grad(ctx), places, data).id());
}

}  // namespace

const OpDef& gather_nd() {
  static const OpDef def{.name = "GatherND",
                         .attributes = {attr("batch_dims", 0)},
                         .inputs = {{"data", "T"}, {"indices", "indices"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"indices", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
