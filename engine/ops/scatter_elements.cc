// ScatterElements: data with single elements replaced by, or combined with, updates. An update falls where it stands
// itself, except along `axis`, where its index says the place; negative indices count from the back.
#include <algorithm>

#include "ops/elements.h"
#include "ops/indices.h"
#include "ops/op_list.h"
#include "ops/scatter.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  check_reduction(ctx);
  check_element_indices(ctx);
  if (ctx.ranked(1) && ctx.ranked(2) && !std::ranges::equal(ctx.shape(1), ctx.shape(2), may_equal))
    throw ctx.error("updates has the wrong shape").got(to_string(ctx.shape(2))).expected(to_string(ctx.shape(1)));
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  copy_elements(out.data, ctx.inputs[0].data, out.count(), size_of(out.dtype));
  const Reduction reduction = reduction_of(ctx.node);
  with_any(out.dtype, [&]<class T>(TypeTag<T>) {
    T* y = out.as<T>();
    const T* u = ctx.inputs[2].as<T>();
    each_indexed(ctx, [&](std::int64_t i, std::int64_t place) { y[place] = combined(reduction, y[place], u[i]); });
  });
}

void gradient(GradientContext& ctx) { scatter_gradient(ctx, scatter_elements(), gather_elements()); }

}  // namespace

const OpDef& scatter_elements() {
  static const OpDef def{.name = "ScatterElements",
                         .attributes = {attr("axis", 0), attr("reduction", "none")},
                         .inputs = {{"data", "T"}, {"indices", "Tind"}, {"updates", "T"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"Tind", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kRounded,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
