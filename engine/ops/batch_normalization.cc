// BatchNormalization: (X - mean) / sqrt(var + epsilon) * scale + B for each channel, dim 1 of X. With training_mode
// mean and var are those of this batch, and the running ones are moved toward them: running = input * momentum +
// current * (1 - momentum), with the population variance.
#include <fmt/format.h>

#include <cmath>

#include "ops/axes.h"
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kX, kScale, kB, kMean, kVar };

void infer(InferContext& ctx) {
  const bool training = ctx.integer("training_mode") != 0;
  if (!training && (ctx.wants(1) || ctx.wants(2)))
    throw ctx.attribute_error("training_mode", "running_mean and running_var need training_mode")
        .got("0")
        .expected("1");
  Dim channels;
  if (ctx.ranked(kX)) {
    if (checked_rank(ctx, kX) < 2) throw ctx.error("X has no channels").got(to_string(ctx.shape(kX)));
    channels = ctx.shape(kX)[1];
  }
  for (std::size_t i = kScale; i <= kVar; ++i) {
    require_rank(ctx, i, 1);
    if (!ctx.ranked(i)) continue;
    const auto common = agreed(channels, ctx.shape(i)[0]);
    if (!common)
      throw ctx.error(fmt::format("{} has another size than X has channels", ctx.input_label(i)))
          .got(to_string(ctx.shape(i)))
          .expected(to_string(Shape{channels}));
    channels = *common;
  }
  ctx.set(0, ctx.type(kX));
  ctx.set(1, ctx.dtype(kMean), Shape{channels});
  ctx.set(2, ctx.dtype(kVar), Shape{channels});
}

double read(const TensorView& view, std::int64_t i) noexcept {
  return view.dtype == DType::float64 ? view.as<double>()[i] : static_cast<double>(view.as<float>()[i]);
}
void write(const MutableTensorView& view, std::int64_t i, double v) noexcept {
  if (view.dtype == DType::float64)
    view.as<double>()[i] = v;
  else
    view.as<float>()[i] = static_cast<float>(v);
}

struct Moments {
  double mean, var;
};

struct Layout {
  std::int64_t batch, channels, plane;
};

template <class T>
Moments moments(const T* x, const Layout& l) {
  const auto count = static_cast<double>(l.batch * l.plane);
  double sum = 0, squares = 0;
  for (std::int64_t n = 0; n < l.batch; ++n)
    for (std::int64_t i = 0; i < l.plane; ++i) sum += static_cast<double>(x[n * l.channels * l.plane + i]);
  const double mean = sum / count;
  for (std::int64_t n = 0; n < l.batch; ++n)
    for (std::int64_t i = 0; i < l.plane; ++i) {
      const double off = static_cast<double>(x[n * l.channels * l.plane + i]) - mean;
      squares += off * off;
    }
  return {mean, squares / count};
}

// x points to the channel in the first of the batch.
template <class T>
void normalize(const EvalContext& ctx, const Layout& l, std::int64_t c) {
  const T* x = ctx.inputs[kX].as<T>() + c * l.plane;
  T* y = ctx.outputs[0].as<T>() + c * l.plane;
  Moments m{read(ctx.inputs[kMean], c), read(ctx.inputs[kVar], c)};
  if (ctx.integer("training_mode") != 0) {
    const Moments current = moments(x, l);
    const double momentum = static_cast<double>(ctx.real("momentum"));
    if (ctx.wants(1)) write(ctx.outputs[1], c, m.mean * momentum + current.mean * (1 - momentum));
    if (ctx.wants(2)) write(ctx.outputs[2], c, m.var * momentum + current.var * (1 - momentum));
    m = current;
  }
  const double scale = read(ctx.inputs[kScale], c) / std::sqrt(m.var + static_cast<double>(ctx.real("epsilon")));
  const double shift = read(ctx.inputs[kB], c) - m.mean * scale;
  for (std::int64_t n = 0; n < l.batch; ++n)
    for (std::int64_t i = 0; i < l.plane; ++i) {
      const std::int64_t at = n * l.channels * l.plane + i;
      y[at] = static_cast<T>(static_cast<double>(x[at]) * scale + shift);
    }
}

void eval(const EvalContext& ctx) {
  const std::span<const std::int64_t> shape = ctx.inputs[kX].shape;
  Layout l{shape[0], shape[1], 1};
  for (std::size_t d = 2; d < shape.size(); ++d) l.plane *= shape[d];
  with_float(ctx.inputs[kX].dtype, [&]<class T>(TypeTag<T>) {
    for (std::int64_t c = 0; c < l.channels; ++c) normalize<T>(ctx, l, c);
  });
}

}  // namespace

const OpDef& batch_normalization() {
  static const OpDef def{
      .name = "BatchNormalization",
      .attributes = {attr("epsilon", 1e-5f), attr("momentum", 0.9f), attr("training_mode", 0)},
      .inputs = {{"X", "T"}, {"scale", "T1"}, {"B", "T1"}, {"input_mean", "T2"}, {"input_var", "T2"}},
      .outputs = {{"Y", "T"}, {"running_mean", "T2", Presence::optional}, {"running_var", "T2", Presence::optional}},
      .types = {{"T", kFloats}, {"T1", kFloats}, {"T2", kFloats}},
      .infer = infer,
      .eval = eval,
      .tolerance = kAccumulated};
  return def;
}

}  // namespace rondo::ops
