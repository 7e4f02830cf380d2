// SeededDropout of the domain rondo: elements of x become 0 with probability ratio, all others are divided by 1 -
// ratio. Which ones is a function of the seed, the attribute stream - one for each place of a graph - and the element's
// index, so the gradient drops the same ones without a mask being kept, and any number of threads or a resumed run does
// too.
#include "base/random.h"
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kData, kSeed };

void infer(InferContext& ctx) {
  require_one_element(ctx, kSeed);
  if (const float ratio = ctx.real("ratio"); !(ratio >= 0 && ratio < 1))
    throw ctx.attribute_error("ratio", "a ratio is out of range").got(std::to_string(ratio)).expected("[0, 1)");
  ctx.set(0, ctx.type(kData));
}

template <class T>
void drop(const EvalContext& ctx) {
  const double ratio = static_cast<double>(ctx.real("ratio"));
  const T scale = converted<T>(1 / (1 - ratio));
  const RandomSequence random(static_cast<std::uint64_t>(*ctx.inputs[kSeed].as<std::int64_t>()),
                              static_cast<std::uint64_t>(ctx.integer("stream")));
  const T* x = ctx.inputs[kData].as<T>();
  T* y = ctx.outputs[0].as<T>();
  for (std::int64_t i = 0; i < ctx.outputs[0].count(); ++i)
    y[i] = random.unit(static_cast<std::uint64_t>(i)) < ratio ? T(0) : static_cast<T>(x[i] * scale);
}

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[kData].dtype, [&]<class T>(TypeTag<T>) { drop<T>(ctx); });
}

void gradient(GradientContext& ctx) {
  ctx.set(kData, apply(seeded_dropout(), {grad(ctx), input(ctx, kSeed)}, ctx.node().attributes).id());
}

}  // namespace

const OpDef& seeded_dropout() {
  static const OpDef def{.name = "SeededDropout",
                         .domain = "rondo",
                         .attributes = {attr("ratio", 0.5f), attr("stream", 0)},
                         .inputs = {{"data", "T"}, {"seed", "seed"}},
                         .outputs = {{"output", "T"}},
                         .types = {{"T", kFloats}, {"seed", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kFunction,  // the factor is rounded, too
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
