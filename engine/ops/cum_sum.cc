// CumSum: running sums along an axis, from the back with reverse; with exclusive an element is not part of its own sum.
#include "ops/dims.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kX, kAxis };

void infer(InferContext& ctx) {
  const auto axis = integer_of(ctx, kAxis);
  if (axis && ctx.ranked(kX)) checked_axis(ctx, *axis, checked_rank(ctx, kX));
  ctx.set(0, ctx.type(kX));
}

template <class T>
void run_sums(const Line<T>& line, bool reverse, bool exclusive) {
  Wide<T> before = 0;
  for (std::int64_t i = 0; i < line.n; ++i) {
    const std::int64_t at = (reverse ? line.n - 1 - i : i) * line.step;
    const Wide<T> after = wrap_add(before, static_cast<Wide<T>>(line.x[at]));
    line.y[at] = static_cast<T>(exclusive ? before : after);
    before = after;
  }
}

void eval(const EvalContext& ctx) {
  const TensorView& x = ctx.inputs[kX];
  const std::int64_t axis = checked_axis(ctx, IntegerList(ctx.inputs[kAxis])[0], x.rank());
  const Lines lines(x.shape, static_cast<std::size_t>(axis));
  const bool reverse = ctx.integer("reverse") != 0, exclusive = ctx.integer("exclusive") != 0;
  with_number(x.dtype, [&]<class T>(TypeTag<T>) {
    for_lines<T>(ctx, lines, [&](const Line<T>& line) { run_sums(line, reverse, exclusive); });
  });
}

void gradient(GradientContext& ctx) {
  const Attributes back{{"exclusive", ctx.integer("exclusive")},
                        {"reverse", std::int64_t{ctx.integer("reverse") == 0}}};
  ctx.set(kX, apply(cum_sum(), {grad(ctx), input(ctx, kAxis)}, back).id());
}

}  // namespace

const OpDef& cum_sum() {
  static const OpDef def{.name = "CumSum",
                         .attributes = {attr("exclusive", 0), attr("reverse", 0)},
                         .inputs = {{"x", "T"}, {"axis", "T2"}},
                         .outputs = {{"y", "T"}},
                         .types = {{"T", kReducible}, {"T2", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
