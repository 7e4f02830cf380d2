// Range: start, start + delta, start + 2 delta ... before limit: max(ceil((limit - start) / delta), 0) elements. Floats
// are computed in double, so nothing adds up.
#include <fmt/format.h>

#include <cmath>

#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kStart, kLimit, kDelta };

constexpr double kMostElements = 0x1p62;

// nullopt: more elements than can be counted.
std::optional<std::int64_t> count_of(double start, double limit, double delta) {
  const double n = std::ceil((limit - start) / delta);
  if (!(n < kMostElements)) return std::nullopt;
  return n > 0 ? static_cast<std::int64_t>(n) : 0;
}
std::optional<std::int64_t> count_of(std::int64_t start, std::int64_t limit, std::int64_t delta) {
  const bool up = delta > 0;
  if (up ? start >= limit : start <= limit) return 0;
  // Differences of signed numbers are exact as unsigned ones.
  const std::uint64_t low = static_cast<std::uint64_t>(up ? start : limit);
  const std::uint64_t distance = static_cast<std::uint64_t>(up ? limit : start) - low;
  const std::uint64_t step = up ? static_cast<std::uint64_t>(delta) : ~static_cast<std::uint64_t>(delta) + 1;
  const std::uint64_t n = (distance - 1) / step + 1;
  return n < static_cast<std::uint64_t>(kMostElements) ? std::optional(static_cast<std::int64_t>(n)) : std::nullopt;
}

template <class T>
using Widest = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

template <class T>
std::int64_t checked_count(const InferContext& ctx, T start, T limit, T delta) {
  const auto text = [&] { return fmt::format("{}, {}, {}", start, limit, delta); };
  if constexpr (std::is_floating_point_v<T>)
    if (!std::isfinite(start) || !std::isfinite(limit) || !std::isfinite(delta))
      throw ctx.error("start, limit and delta must be finite").got(text());
  if (delta == 0) throw ctx.error("delta is 0").got(text()).expected("a step other than 0");
  using W = Widest<T>;
  const auto n = count_of(static_cast<W>(start), static_cast<W>(limit), static_cast<W>(delta));
  if (!n) throw ctx.error("the range has too many elements").got(text());
  return *n;
}

void infer(InferContext& ctx) {
  for (std::size_t i : {kStart, kLimit, kDelta}) require_one_element(ctx, i);
  const TensorView *start = ctx.value(kStart), *limit = ctx.value(kLimit), *delta = ctx.value(kDelta);
  Dim n;
  if (start != nullptr && limit != nullptr && delta != nullptr)
    with_number(ctx.dtype(kStart), [&]<class T>(TypeTag<T>) {
      n = checked_count(ctx, *start->as<T>(), *limit->as<T>(), *delta->as<T>());
    });
  ctx.set(0, ctx.dtype(kStart), Shape{n});
}

void eval(const EvalContext& ctx) {
  const std::int64_t n = ctx.outputs[0].count();
  with_number(ctx.outputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const auto start = static_cast<Widest<T>>(*ctx.inputs[kStart].as<T>());
    const auto delta = static_cast<Widest<T>>(*ctx.inputs[kDelta].as<T>());
    T* y = ctx.outputs[0].as<T>();
    for (std::int64_t i = 0; i < n; ++i)
      y[i] = static_cast<T>(wrap_add(start, wrap_mul(static_cast<Widest<T>>(i), delta)));
  });
}

// The number of elements does not change with the numbers.
void gradient(GradientContext& ctx) {
  const Term steps = as_type(places_of(grad(ctx)), grad(ctx).dtype());
  const auto total = [&](std::size_t i, const Term& x) {
    if (ctx.wants(i))
      ctx.set(i, reshaped_like(apply(reduce_sum(), {x}, {{"keepdims", std::int64_t{0}}}), input(ctx, i)).id());
  };
  total(kStart, grad(ctx));
  total(kDelta, grad(ctx) * steps);
}

}  // namespace

const OpDef& range() {
  static const OpDef def{.name = "Range",
                         .inputs = {{"start", "T"}, {"limit", "T"}, {"delta", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", {DType::float32, DType::float64, DType::int16, DType::int32, DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kRounded,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
