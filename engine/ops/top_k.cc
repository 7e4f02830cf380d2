// TopK: the k greatest elements along an axis, or with largest=0 the least, best first, and where they stood. Of equal
// ones the lower index comes first; NaN counts as greater than any number. They come sorted whatever `sorted` says.
#include <fmt/format.h>

#include <algorithm>

#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kX, kK };
enum Output : std::size_t { kValues, kIndices };

void infer(InferContext& ctx) {
  const auto k = integer_of(ctx, kK);
  if (k && *k < 0) throw ctx.error("K is negative").got(std::to_string(*k)).expected("0 or more");
  std::optional<Shape> out = ctx.type(kX).shape;
  if (out) {
    const std::int64_t axis = checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, kX));
    Dim& size = (*out)[static_cast<std::size_t>(axis)];
    if (k && size.known() && *k > size.value)
      throw ctx.error("K is more than there are")
          .got(std::to_string(*k))
          .expected(fmt::format("at most {}, the size of axis {}", size.value, axis));
    size = k ? Dim(*k) : Dim();
  }
  ctx.set(kValues, ctx.dtype(kX), out);
  ctx.set(kIndices, DType::int64, std::move(out));
}

std::size_t axis_of(const Node& node, std::int64_t rank) {
  return static_cast<std::size_t>(
      resolved_axis(std::get<std::int64_t>(*find_attribute(node.attributes, "axis")), rank));
}

// The indices of one line.
std::size_t scratch_bytes(const Node& node, std::span<const TensorView> inputs) {
  return static_cast<std::size_t>(inputs[kX].shape[axis_of(node, inputs[kX].rank())]) * sizeof(std::int64_t);
}

// Whether element i of a line comes before element j.
template <class T>
struct Before {
  const T* line;
  std::int64_t step;
  bool largest;

  static bool greater(T a, T b) {
    if constexpr (kIsHalf<T>) {
      return Before<float>::greater(to_float(a), to_float(b));
    } else {
      return a > b || (a != a && b == b);
    }
  }
  bool operator()(std::int64_t i, std::int64_t j) const {
    const T a = line[i * step], b = line[j * step];
    if (greater(a, b)) return largest;
    if (greater(b, a)) return !largest;
    return i < j;
  }
};

void eval(const EvalContext& ctx) {
  const TensorView& x = ctx.inputs[kX];
  const std::size_t axis = axis_of(ctx.node, x.rank());
  const Lines lines(x.shape, axis);
  const std::int64_t inner = lines.inner;
  const std::int64_t k = (ctx.wants(kValues) ? ctx.outputs[kValues] : ctx.outputs[kIndices]).shape[axis];
  const bool largest = ctx.integer("largest") != 0;
  auto* order = reinterpret_cast<std::int64_t*>(ctx.scratch);
  with_any(x.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, Boolean>)
      for (std::int64_t line = 0; line < lines.outer * inner; ++line) {
        const std::int64_t o = line / inner, i = line % inner;
        const T* from = x.as<T>() + o * lines.size * inner + i;
        for (std::int64_t n = 0; n < lines.size; ++n) order[n] = n;
        std::partial_sort(order, order + k, order + lines.size, Before<T>{from, inner, largest});
        for (std::int64_t n = 0; n < k; ++n) {
          const std::int64_t to = (o * k + n) * inner + i;
          if (ctx.wants(kValues)) ctx.outputs[kValues].as<T>()[to] = from[order[n] * inner];
          if (ctx.wants(kIndices)) ctx.outputs[kIndices].as<std::int64_t>()[to] = order[n];
        }
      }
  });
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, kX);
  ValueId places = ctx.output(kIndices);
  if (places == kNone) places = ctx.emit(top_k(), ctx.node().inputs, ctx.node().attributes, 2)[kIndices];
  ctx.set(
      kX,
      apply(scatter_elements(), {zeros_like(x), Term(ctx, places), grad(ctx)}, {{"axis", ctx.integer("axis")}}).id());
}

}  // namespace

const OpDef& top_k() {
  static const OpDef def{.name = "TopK",
                         .attributes = {attr("axis", -1), attr("largest", 1), attr("sorted", 1)},
                         .inputs = {{"X", "T"}, {"K", "K"}},
                         .outputs = {{"Values", "T"}, {"Indices", "I"}},
                         .types = {{"T", kNumbers}, {"K", {DType::int64}}, {"I", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .scratch_bytes = scratch_bytes,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
