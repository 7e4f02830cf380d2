// Compress: the slices along an axis whose condition is true; without axis, the elements of the flattened input. What
// lies past the end of a short condition is left out.
#include <fmt/format.h>

#include <algorithm>

#include "ir/graph.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kInput, kCondition };

// How many are true; none may stand past the end of the axis.
Dim num_taken(const InferContext& ctx, const Dim& size) {
  const TensorView* condition = ctx.value(kCondition);
  if (condition == nullptr) return {};
  std::int64_t taken = 0;
  for (std::int64_t i = 0, n = condition->count(); i < n; ++i) {
    if (condition->as<std::uint8_t>()[i] == 0) continue;
    if (size.known() && i >= size.value)
      throw ctx.error(fmt::format("condition is true at element {}", i))
          .expected(fmt::format("none past the {} that there are to take", size.value));
    ++taken;
  }
  return taken;
}

void infer(InferContext& ctx) {
  list_length(ctx, kCondition);
  const AttrValue* axis = ctx.find("axis");
  if (axis == nullptr) {
    const Dim size = ctx.ranked(kInput) ? product(ctx, ctx.shape(kInput)) : Dim();
    return ctx.set(0, ctx.dtype(kInput), Shape{num_taken(ctx, size)});
  }
  if (!ctx.ranked(kInput)) return ctx.set(0, ctx.dtype(kInput), std::nullopt);
  Shape out = ctx.shape(kInput);
  Dim& size =
      out[static_cast<std::size_t>(checked_axis(ctx, std::get<std::int64_t>(*axis), checked_rank(ctx, kInput)))];
  size = num_taken(ctx, size);
  ctx.set(0, ctx.dtype(kInput), std::move(out));
}

Lines lines_of(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[kInput];
  if (const AttrValue* axis = find_attribute(ctx.node.attributes, "axis"))
    return {in.shape, static_cast<std::size_t>(resolved_axis(std::get<std::int64_t>(*axis), in.rank()))};
  const std::int64_t flat[] = {in.count()};
  return {flat, 0};
}

void eval(const EvalContext& ctx) {
  const Lines lines = lines_of(ctx);
  const TensorView& condition = ctx.inputs[kCondition];
  const std::int64_t n = std::min(condition.count(), lines.size);
  const std::size_t size = size_of(ctx.inputs[kInput].dtype);
  std::byte* to = element_at(ctx.outputs[0].data, 0, size);
  for (std::int64_t o = 0; o < lines.outer; ++o)
    for (std::int64_t k = 0; k < n; ++k) {
      if (condition.as<std::uint8_t>()[k] == 0) continue;
      copy_elements(to, element_at(ctx.inputs[kInput].data, (o * lines.size + k) * lines.inner, size), lines.inner,
                    size);
      to = element_at(to, lines.inner, size);
    }
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, kInput);
  const Term places = apply(compress(), {places_of(x), input(ctx, kCondition)}, ctx.node().attributes);
  ctx.set(0, scattered(grad(ctx), places, x).id());
}

}  // namespace

const OpDef& compress() {
  static const OpDef def{.name = "Compress",
                         .attributes = {optional_attr("axis", AttrKind::integer)},
                         .inputs = {{"input", "T"}, {"condition", "T1"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"T1", kBool}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
