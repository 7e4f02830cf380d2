// Split: cuts a tensor along an axis into pieces of the sizes given, or into num_outputs equal ones, the last smaller.
#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "ops/axes.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void check_form(const InferContext& ctx) {
  const AttrValue* count = ctx.find("num_outputs");
  const auto outputs = static_cast<std::int64_t>(ctx.num_outputs());
  if (outputs == 0) throw ctx.error("there must be at least one output");
  if ((count != nullptr) == ctx.has(1))
    throw ctx.error("either input split or attribute num_outputs must be given")
        .got(count != nullptr ? "both" : "neither");
  if (count != nullptr && std::get<std::int64_t>(*count) != outputs)
    throw ctx.attribute_error("num_outputs", "num_outputs is not the number of outputs")
        .got(std::to_string(std::get<std::int64_t>(*count)))
        .expected(std::to_string(outputs));
  if (const auto length = list_length(ctx, 1); length && *length != outputs)
    throw ctx.error("split has another length than there are outputs")
        .got(std::to_string(*length))
        .expected(std::to_string(outputs));
}

void check_sizes(const InferContext& ctx, std::span<const std::int64_t> sizes, const Dim* dim) {
  std::optional<std::int64_t> total = 0;
  for (std::int64_t s : sizes) {
    if (s < 0) throw ctx.error("split holds a negative size").got(to_string(sizes));
    if (total) total = checked_add(*total, s);
  }
  if (!total || (dim != nullptr && dim->known() && dim->value != *total))
    throw ctx.error("the sizes in split do not add up to the dim they cut")
        .got(to_string(sizes))
        .expected(dim != nullptr && dim->known() ? fmt::format("a sum of {}", dim->value) : "a sum that fits 64 bits");
}

void infer(InferContext& ctx) {
  check_form(ctx);
  const auto sizes = ctx.integers_of(1);
  if (sizes) check_sizes(ctx, *sizes, nullptr);
  if (!ctx.ranked(0)) {
    for (std::size_t k = 0; k < ctx.num_outputs(); ++k) ctx.set(k, ctx.dtype(0), std::nullopt);
    return;
  }
  const auto axis = static_cast<std::size_t>(checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0)));
  const Dim& dim = ctx.shape(0)[axis];
  if (sizes) check_sizes(ctx, *sizes, &dim);
  const auto pieces = static_cast<std::int64_t>(ctx.num_outputs());
  const std::int64_t chunk = dim.known() ? dim.value / pieces + (dim.value % pieces != 0) : 0;
  for (std::int64_t k = 0, left = dim.value; k < pieces; ++k) {
    Shape out = ctx.shape(0);
    out[axis] = Dim();
    if (sizes) {
      out[axis] = (*sizes)[static_cast<std::size_t>(k)];
    } else if (!ctx.has(1) && dim.known()) {
      out[axis] = std::min(chunk, left);
      left -= out[axis].value;
    }
    ctx.set(static_cast<std::size_t>(k), ctx.dtype(0), std::move(out));
  }
}

// Sizes of absent outputs are read where the rule read them.
std::int64_t piece_size(const EvalContext& ctx, std::size_t k, std::int64_t dim, std::int64_t before) {
  if (ctx.has(1)) return IntegerList(ctx.inputs[1])[static_cast<std::int64_t>(k)];
  const auto pieces = static_cast<std::int64_t>(ctx.outputs.size());
  return std::min(dim / pieces + (dim % pieces != 0), dim - before);
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), in.rank()));
  const std::size_t size = size_of(in.dtype);
  std::int64_t outer = 1, inner = 1, before = 0;
  for (std::size_t d = 0; d < in.shape.size(); ++d)
    if (d != axis) (d < axis ? outer : inner) *= in.shape[d];
  for (std::size_t k = 0; k < ctx.outputs.size(); ++k) {
    const std::int64_t piece = piece_size(ctx, k, in.shape[axis], before), block = piece * inner;
    for (std::int64_t o = 0; o < outer && ctx.wants(k); ++o)
      copy_elements(element_at(ctx.outputs[k].data, o * block, size),
                    element_at(in.data, (o * in.shape[axis] + before) * inner, size), block, size);
    before += piece;
  }
}

// A piece on which nothing depends counts as zeros; one that does not exist is made once more for its size.
void gradient(GradientContext& ctx) {
  const std::size_t n = ctx.node().outputs.size();
  std::vector<ValueId> all = ctx.node().outputs, grads(n, kNone);
  if (std::ranges::find(all, kNone) != all.end()) all = ctx.emit(split(), ctx.node().inputs, ctx.node().attributes, n);
  for (std::size_t k = 0; k < n; ++k)
    grads[k] = ctx.grad_output(k) != kNone ? ctx.grad_output(k) : zeros_like(Term(ctx, all[k])).id();
  ctx.set(0, ctx.emit(concat(), std::move(grads), {{"axis", ctx.integer("axis")}}));
}

}  // namespace

const OpDef& split() {
  static const OpDef def{.name = "Split",
                         .attributes = {attr("axis", 0), optional_attr("num_outputs", AttrKind::integer)},
                         .inputs = {{"input", "T"}, {"split", "split", Presence::optional}},
                         .outputs = {{"outputs", "T", Presence::variadic}},
                         .types = {{"T", kAny}, {"split", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
