// GatherElements: one element of data for each index, from where the index stands itself except along `axis`, where its
// value says the place. Negative indices count from the back.
#include "ops/elements.h"
#include "ops/indices.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  check_element_indices(ctx);
  ctx.set(0, ctx.dtype(0), ctx.type(1).shape);
}

void eval(const EvalContext& ctx) {
  with_element(size_of(ctx.inputs[0].dtype), [&]<class U>(TypeTag<U>) {
    const U* x = ctx.inputs[0].as<U>();
    U* y = ctx.outputs[0].as<U>();
    each_indexed(ctx, [&](std::int64_t i, std::int64_t place) { y[i] = x[place]; });
  });
}

void gradient(GradientContext& ctx) {
  ctx.set(0, apply(scatter_elements(), {zeros_like(input(ctx, 0)), input(ctx, 1), grad(ctx)},
                   {{"axis", ctx.integer("axis")}, {"reduction", std::string("add")}})
                 .id());
}

}  // namespace

const OpDef& gather_elements() {
  static const OpDef def{.name = "GatherElements",
                         .attributes = {attr("axis", 0)},
                         .inputs = {{"data", "T"}, {"indices", "Tind"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kAny}, {"Tind", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
