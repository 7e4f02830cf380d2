#include "ops/dims.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "ops/axes.h"

namespace rondo::ops {
namespace {

// Folds the numbers; what is left over is at most one symbol, or nothing that can be said.
template <class Fold>
Dim folded(const InferContext& ctx, std::span<const Dim> dims, std::int64_t neutral, Fold&& fold) {
  std::optional<std::int64_t> number = neutral;
  const Dim* open = nullptr;
  std::size_t num_open = 0;
  for (const Dim& d : dims) {
    if (d.known()) {
      number = fold(*number, d.value);
      if (!number) throw ctx.error("a size overflows").got(to_string(Shape(dims.begin(), dims.end())));
    } else {
      open = &d;
      ++num_open;
    }
  }
  if (num_open == 0) return *number;
  return num_open == 1 && *number == neutral ? *open : Dim();
}

}  // namespace

Dim product(const InferContext& ctx, std::span<const Dim> dims) {
  if (std::ranges::find(dims, Dim(0)) != dims.end()) return 0;
  return folded(ctx, dims, 1, checked_mul);
}

Dim sum(const InferContext& ctx, std::span<const Dim> dims) { return folded(ctx, dims, 0, checked_add); }

std::optional<Dim> agreed(const Dim& a, const Dim& b) {
  if (!may_equal(a, b)) return std::nullopt;
  return more_specific(a, b);
}

Shape unknown_shape(const InferContext& ctx, std::int64_t rank) {
  check_rank(ctx, static_cast<std::size_t>(rank), "the output");
  return Shape(static_cast<std::size_t>(rank));
}

void require_rank(const InferContext& ctx, std::size_t input, std::int64_t rank) {
  if (ctx.ranked(input) && ctx.type(input).rank() != rank)
    throw ctx.error(fmt::format("{} has the wrong number of dims", ctx.input_label(input)))
        .got("shape " + to_string(ctx.shape(input)))
        .expected(fmt::format("{} dim{}", rank, rank == 1 ? "" : "s"));
}

void require_one_element(const InferContext& ctx, std::size_t input) {
  if (ctx.ranked(input) && !std::ranges::all_of(ctx.shape(input), [](const Dim& d) { return may_equal(d, 1); }))
    throw ctx.error(ctx.input_label(input) + " must be one element").got("shape " + to_string(ctx.shape(input)));
}

std::optional<std::int64_t> integer_of(const InferContext& ctx, std::size_t input) {
  require_one_element(ctx, input);
  const auto list = ctx.integers_of(input);
  return list && !list->empty() ? std::optional(list->front()) : std::nullopt;
}

}  // namespace rondo::ops
