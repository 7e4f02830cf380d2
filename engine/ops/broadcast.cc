#include "ops/broadcast.h"

#include <fmt/format.h>

#include <algorithm>

namespace rondo::ops {
namespace {

std::optional<Dim> broadcast(const Dim& a, const Dim& b) {
  if (a == b || b.value == 1) return a;
  if (a.value == 1) return b;
  if (a.known() && b.known()) return std::nullopt;
  if (a.known()) return a;
  if (b.known()) return b;
  return Dim();  // two symbols: either may be 1
}

}  // namespace

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape out(std::max(a.size(), b.size()));
  for (std::size_t i = 1; i <= out.size(); ++i) {
    const Dim& x = i <= a.size() ? a[a.size() - i] : Dim(1);
    const Dim& y = i <= b.size() ? b[b.size() - i] : Dim(1);
    const auto common = broadcast(x, y);
    if (!common) return std::nullopt;
    out[out.size() - i] = *common;
  }
  return out;
}

std::optional<Shape> broadcast_inputs(const InferContext& ctx, std::size_t first, std::size_t last) {
  std::optional<Shape> out = Shape{};
  for (std::size_t i = first; i < last; ++i) {
    if (!ctx.ranked(i)) return std::nullopt;
    checked_rank(ctx, i);
    std::optional<Shape> next = broadcast(*out, ctx.shape(i));
    if (!next)
      throw ctx.error("shapes do not broadcast together")
          .got(fmt::format("{} {} after {}", ctx.input_label(i), to_string(ctx.shape(i)), to_string(*out)))
          .expected("dims, counted from the last, that are equal or 1");
    out = std::move(next);
  }
  return out;
}

void check_broadcasts_to(const InferContext& ctx, std::size_t operand, std::size_t target) {
  if (!ctx.ranked(operand) || !ctx.ranked(target)) return;
  checked_rank(ctx, target);
  const Shape& to = ctx.shape(target);
  const auto common = broadcast(ctx.shape(operand), to);
  const bool fits = common && common->size() == to.size() &&
                    std::ranges::equal(*common, to, [](const Dim& a, const Dim& b) { return may_equal(a, b); });
  if (!fits)
    throw ctx.error(fmt::format("{} does not broadcast to {}", ctx.input_label(operand), ctx.input_label(target)))
        .got(to_string(ctx.shape(operand)))
        .expected("dims, counted from the last, equal to those of " + to_string(to) + " or 1");
}

Dims broadcast_strides(std::span<const std::int64_t> shape, std::span<const std::int64_t> out) noexcept {
  Dims strides{};
  std::int64_t step = 1;
  const std::size_t lead = out.size() - shape.size();
  for (std::size_t d = shape.size(); d-- > 0; step *= shape[d])
    strides[lead + d] = shape[d] == 1 && out[lead + d] != 1 ? 0 : step;
  return strides;
}

}  // namespace rondo::ops
