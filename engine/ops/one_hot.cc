// OneHot: indices with a new axis of `depth` places, where the place that the index names has the on value and all
// others the off value. Negative indices count from the back; one out of range, or NaN, names no place.
#include <algorithm>
#include <cmath>

#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kIndices, kDepth, kValues };

Dim depth_of(const InferContext& ctx) {
  require_one_element(ctx, kDepth);
  const TensorView* value = ctx.value(kDepth);
  if (value == nullptr) return {};
  std::int64_t depth = 0;
  with_any(value->dtype, [&]<class T>(TypeTag<T>) { depth = converted<std::int64_t>(*value->as<T>()); });
  if (depth < 0) throw ctx.error("depth is negative").got(std::to_string(depth)).expected("0 or more");
  return depth;
}

void infer(InferContext& ctx) {
  require_rank(ctx, kValues, 1);
  if (ctx.ranked(kValues) && !may_equal(ctx.shape(kValues)[0], 2))
    throw ctx.error("values must hold the off and the on value").got("shape " + to_string(ctx.shape(kValues)));
  const Dim depth = depth_of(ctx);
  if (!ctx.ranked(kIndices)) return ctx.set(0, ctx.dtype(kValues), std::nullopt);
  Shape out = ctx.shape(kIndices);
  check_rank(ctx, out.size() + 1, "output");
  out.insert(out.begin() + checked_axis(ctx, ctx.integer("axis"), ctx.type(kIndices).rank() + 1), depth);
  ctx.set(0, ctx.dtype(kValues), std::move(out));
}

// The place an index names; -1: none.
template <class T>
std::int64_t place_of(T index, std::int64_t depth) {
  if constexpr (kIsHalf<T>) {
    return place_of(to_float(index), depth);
  } else if constexpr (std::is_unsigned_v<T>) {
    return index < static_cast<std::uint64_t>(depth) ? static_cast<std::int64_t>(index) : -1;
  } else {
    const auto i = converted<std::int64_t>(index);
    if (index != index || i < -depth || i >= depth) return -1;
    return resolved_axis(i, depth);
  }
}

void eval(const EvalContext& ctx) {
  const TensorView& indices = ctx.inputs[kIndices];
  const std::span<const std::int64_t> out = ctx.outputs[0].shape;
  const auto axis = static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), indices.rank() + 1));
  const Lines lines(out, axis);
  with_element(size_of(ctx.outputs[0].dtype), [&]<class U>(TypeTag<U>) {
    const U off = ctx.inputs[kValues].as<U>()[0], on = ctx.inputs[kValues].as<U>()[1];
    U* y = ctx.outputs[0].as<U>();
    std::fill_n(y, ctx.outputs[0].count(), off);
    with_any(indices.dtype, [&]<class T>(TypeTag<T>) {
      if constexpr (!std::is_same_v<T, Boolean>)
        for (std::int64_t i = 0, n = lines.outer * lines.inner; i < n; ++i) {
          const std::int64_t place = place_of(indices.as<T>()[i], lines.size);
          if (place >= 0) y[(i / lines.inner * lines.size + place) * lines.inner + i % lines.inner] = on;
        }
    });
  });
}

void gradient(GradientContext& ctx) {
  const Term values = input(ctx, kValues);
  const Term zero_one = apply(cast(), {values.integers({0, 1})}, {{"to", static_cast<std::int64_t>(values.dtype())}});
  const Term hot = apply(one_hot(), {input(ctx, kIndices), input(ctx, kDepth), zero_one}, ctx.node().attributes);
  const auto total = [](const Term& x) { return reshaped(apply(reduce_sum(), x), {1}); };
  const Term on = total(grad(ctx) * hot), off = total(grad(ctx) * (1.0 - hot));
  ctx.set(kValues, apply(concat(), {off, on}, {{"axis", std::int64_t{0}}}).id());
}

}  // namespace

const OpDef& one_hot() {
  static const OpDef def{.name = "OneHot",
                         .attributes = {attr("axis", -1)},
                         .inputs = {{"indices", "T1"}, {"depth", "T2"}, {"values", "T3"}},
                         .outputs = {{"output", "T3"}},
                         .types = {{"T1", kNumbers}, {"T2", kNumbers}, {"T3", kAny}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
