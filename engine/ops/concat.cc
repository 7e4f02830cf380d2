// Concat: the inputs one after the other along an axis.
#include <fmt/format.h>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

// The dims all inputs agree on, and along the axis the sum.
Shape joined(const InferContext& ctx, std::size_t first) {
  Shape out = ctx.shape(first), along;
  const std::int64_t rank = checked_rank(ctx, first);
  const auto axis = static_cast<std::size_t>(checked_axis(ctx, ctx.integer("axis"), rank));
  for (std::size_t i = 0; i < ctx.num_inputs(); ++i) {
    if (!ctx.ranked(i)) {
      along.emplace_back();
      continue;
    }
    const Shape& shape = ctx.shape(i);
    if (shape.size() != out.size())
      throw ctx.error(fmt::format("input {} has another number of dims than input {}", i, first))
          .got(to_string(shape))
          .expected(fmt::format("{} dims as in {}", rank, to_string(ctx.shape(first))));
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (d == axis) continue;
      const auto common = agreed(out[d], shape[d]);
      if (!common)
        throw ctx.error(fmt::format("input {} does not fit beside the others in dim {}", i, d))
            .got(to_string(shape))
            .expected(fmt::format("{} as in {}", out[d].value, to_string(out)));
      out[d] = *common;
    }
    along.push_back(shape[axis]);
  }
  out[axis] = sum(ctx, along);
  return out;
}

void infer(InferContext& ctx) {
  if (ctx.num_inputs() == 0) throw ctx.error("there must be at least one input");
  std::optional<Shape> out;
  for (std::size_t i = 0; i < ctx.num_inputs() && !out; ++i)
    if (ctx.ranked(i)) out = joined(ctx, i);
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), out.rank()));
  const std::size_t size = size_of(out.dtype);
  std::int64_t outer = 1, inner = 1, before = 0;
  for (std::size_t d = 0; d < out.shape.size(); ++d)
    if (d != axis) (d < axis ? outer : inner) *= out.shape[d];
  for (const TensorView& in : ctx.inputs) {
    const std::int64_t block = in.shape[axis] * inner;
    for (std::int64_t o = 0; o < outer; ++o)
      copy_elements(element_at(out.data, (o * out.shape[axis] + before) * inner, size),
                    element_at(in.data, o * block, size), block, size);
    before += in.shape[axis];
  }
}

// Each input gets the piece of its own size.
void gradient(GradientContext& ctx) {
  const std::int64_t axis = ctx.integer("axis");
  std::vector<ValueId> sizes;
  for (std::size_t i = 0; i < ctx.node().inputs.size(); ++i) {
    const Term x = input(ctx, i);
    sizes.push_back(apply(gather(), shape_of(x), x.integers({axis})).id());
  }
  const std::size_t n = sizes.size();
  const ValueId split_sizes = ctx.emit(concat(), std::move(sizes), {{"axis", std::int64_t{0}}});
  const auto pieces = ctx.emit(split(), {ctx.grad_output(), split_sizes}, {{"axis", axis}}, n);
  for (std::size_t i = 0; i < n; ++i)
    if (ctx.wants(i)) ctx.set(i, pieces[i]);
}

}  // namespace

const OpDef& concat() {
  static const OpDef def{.name = "Concat",
                         .attributes = {required_attr("axis", AttrKind::integer)},
                         .inputs = {{"inputs", "T", Presence::variadic}},
                         .outputs = {{"concat_result", "T"}},
                         .types = {{"T", kAny}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
