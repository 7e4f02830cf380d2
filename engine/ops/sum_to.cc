// SumTo of the domain rondo: x summed over everything that a broadcast from `shape` to the shape of x repeated, so that
// the result has that shape. What the gradient of a broadcast operand is.
#include <algorithm>
#include <array>

#include "ops/broadcast.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  const auto wanted = ctx.integers_of(1);
  if (!wanted) return ctx.set(0, ctx.dtype(0), length ? std::optional(unknown_shape(ctx, *length)) : std::nullopt);
  check_rank(ctx, wanted->size(), "shape");
  const Shape out(wanted->begin(), wanted->end());
  if (ctx.ranked(0)) {
    checked_rank(ctx, 0);
    const auto common = broadcast(ctx.shape(0), out);
    if (!common || common->size() != ctx.shape(0).size() || !std::ranges::equal(*common, ctx.shape(0), may_equal))
      throw ctx.error("shape does not broadcast to that of x")
          .got(list_text(*wanted))
          .expected("dims, counted from the last, equal to those of " + to_string(ctx.shape(0)) + " or 1");
  }
  ctx.set(0, ctx.dtype(0), out);
}

// A double for every element of the result.
std::size_t scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  const IntegerList shape(inputs[1]);
  std::int64_t count = 1;
  for (std::int64_t d = 0; d < shape.size(); ++d) count *= shape[d];
  return static_cast<std::size_t>(count) * sizeof(double);
}

// The sum of a row, in partial sums that do not wait for each other.
template <class T>
double row_sum(const T* x, std::int64_t step, std::int64_t n) noexcept {
  std::array<double, 4> part{};
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (std::size_t k = 0; k < part.size(); ++k)
      part[k] += static_cast<double>(x[(i + static_cast<std::int64_t>(k)) * step]);
  for (; i < n; ++i) part[0] += static_cast<double>(x[i * step]);
  return (part[0] + part[1]) + (part[2] + part[3]);
}

// Goes through x in its own order, so that summing over leading dims runs along rows.
template <class T>
void add_up(const EvalContext& ctx, double* totals) {
  const std::span<const std::int64_t> in = ctx.inputs[0].shape, out = ctx.outputs[0].shape;
  const T* x = ctx.inputs[0].as<T>();
  T* y = ctx.outputs[0].as<T>();
  const std::int64_t count = ctx.outputs[0].count();
  std::fill_n(totals, count, 0.0);
  for (Walk<2> row(in, {dense_strides(in), broadcast_strides(out, in)}); !row.done(); row.next()) {
    const T* from = x + row.at(0);
    double* to = totals + row.at(1);
    if (row.step(1) == 0) {
      *to += row_sum(from, row.step(0), row.length());
    } else {
      for (std::int64_t i = 0; i < row.length(); ++i) to[i * row.step(1)] += static_cast<double>(from[i * row.step(0)]);
    }
  }
  for (std::int64_t i = 0; i < count; ++i) y[i] = static_cast<T>(totals[i]);
}

void eval(const EvalContext& ctx) {
  auto* totals = reinterpret_cast<double*>(ctx.scratch);
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { add_up<T>(ctx, totals); });
}

void gradient(GradientContext& ctx) { ctx.set(0, expand_like(grad(ctx), input(ctx, 0)).id()); }

}  // namespace

const OpDef& sum_to() {
  static const OpDef def{.name = "SumTo",
                         .domain = "rondo",
                         .inputs = {{"x", "T"}, {"shape", "shape"}},
                         .outputs = {{"y", "T"}},
                         .types = {{"T", kFloats}, {"shape", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .scratch_bytes = scratch_bytes,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
