// GatherGradient of the domain rondo: zeros of the shape given, to whose slices along an axis those of grad are added
// that Gather took from there. An index that stands twice gets the sum.
#include <fmt/format.h>

#include <algorithm>

#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/indices.h"
#include "ops/internal_op_list.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kGrad, kIndices, kShape };

void infer(InferContext& ctx) {
  const auto wanted = ctx.integers_of(kShape);
  const auto length = list_length(ctx, kShape);
  if (!wanted) return ctx.set(0, ctx.dtype(kGrad), length ? std::optional(unknown_shape(ctx, *length)) : std::nullopt);
  check_rank(ctx, wanted->size(), "shape");
  const auto axis = checked_axis(ctx, ctx.integer("axis"), static_cast<std::int64_t>(wanted->size()));
  Shape out(wanted->begin(), wanted->end());
  if (ctx.ranked(kGrad) && ctx.ranked(kIndices)) {
    Shape gathered(out.begin(), out.begin() + axis);
    gathered.insert(gathered.end(), ctx.shape(kIndices).begin(), ctx.shape(kIndices).end());
    gathered.insert(gathered.end(), out.begin() + axis + 1, out.end());
    if (!std::ranges::equal(ctx.shape(kGrad), gathered, may_equal))
      throw ctx.error("grad has the wrong shape").got(to_string(ctx.shape(kGrad))).expected(to_string(gathered));
  }
  ctx.set(0, ctx.dtype(kGrad), std::move(out));
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  const Lines lines(out.shape, static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), out.rank())));
  const IntegerList indices(ctx.inputs[kIndices]);
  with_float(out.dtype, [&]<class T>(TypeTag<T>) {
    const T* from = ctx.inputs[kGrad].as<T>();
    T* y = out.as<T>();
    std::fill_n(y, out.count(), T(0));
    for (std::int64_t o = 0; o < lines.outer; ++o)
      for (std::int64_t i = 0; i < indices.size(); ++i, from += lines.inner) {
        const std::int64_t index = indices[i];
        if (index < -lines.size || index >= lines.size)
          throw ctx.error(fmt::format("indices holds a number out of range at element {}", i))
              .got(std::to_string(index))
              .expected(fmt::format("{} to {}", -lines.size, lines.size - 1));
        T* to = y + (o * lines.size + resolved_axis(index, lines.size)) * lines.inner;
        for (std::int64_t k = 0; k < lines.inner; ++k) to[k] += from[k];
      }
  });
}

void gradient(GradientContext& ctx) {
  ctx.set(kGrad, apply(gather(), {grad(ctx), input(ctx, kIndices)}, {{"axis", ctx.integer("axis")}}).id());
}

}  // namespace

const OpDef& gather_gradient() {
  static const OpDef def{.name = "GatherGradient",
                         .domain = "rondo",
                         .attributes = {attr("axis", 0)},
                         .inputs = {{"grad", "T"}, {"indices", "Tind"}, {"shape", "shape"}},
                         .outputs = {{"grad_data", "T"}},
                         .types = {{"T", kFloats}, {"Tind", rondo::kIndices}, {"shape", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
