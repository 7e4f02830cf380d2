// MeanVarianceNormalization: (X - mean) / (standard deviation + 1e-9) over the attribute axes, by default all but the
// channels of an image.
#include "ops/normalization.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

constexpr double kEpsilon = 1e-9;  // of ONNX's definition, added to the deviation and not to the variance

void infer(InferContext& ctx) {
  if (ctx.ranked(0)) checked_axes(ctx, ctx.integers("axes"), checked_rank(ctx, 0));
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) {
  AxisSet axes;
  for (std::int64_t a : ctx.integers("axes"))
    axes.set(static_cast<std::size_t>(resolved_axis(a, ctx.inputs[0].rank())));
  const GroupWalk walk(ctx.inputs[0].shape, axes, {dense_strides(ctx.inputs[0].shape), Dims{}, Dims{}});
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const Normalization<T, T> n{ctx.inputs[0].as<T>(), nullptr, nullptr, ctx.outputs[0].as<T>()};
    n.run(walk, [](const Group<T>& group, std::int64_t) {
      const double mean = group.mean();
      return Normalizer{mean, 1 / (std::sqrt(group.mean_square(mean)) + kEpsilon)};
    });
  });
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), y = output(ctx, 0), g = grad(ctx);
  std::vector<std::int64_t> axes;
  for (std::int64_t a : std::get<std::vector<std::int64_t>>(*ctx.find("axes"))) axes.push_back(a);
  const Term from_mean = x - mean_over(x, axes), deviation = apply(sqrt(), mean_over(from_mean * from_mean, axes));
  const Term divisor = deviation + kEpsilon;
  const Term stretch = select(apply(greater(), deviation, 0.0), divisor / deviation, x.number(1));
  ctx.set(0, ((g - mean_over(g, axes) - y * mean_over(g * y, axes) * stretch) / divisor).id());
}

}  // namespace

const OpDef& mean_variance_normalization() {
  static const OpDef def{.name = "MeanVarianceNormalization",
                         .attributes = {attr("axes", std::vector<std::int64_t>{0, 2, 3})},
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
