// LpNormalization: x divided by its norm along an axis, the sum of magnitudes (p = 1) or the Euclidean one (p = 2). A
// line of zeros becomes 0 / 0, NaN, as in the tests that ONNX 1.20 publishes; the text of ONNX 1.21 says 0.
#include "ops/op_list.h"
#include "ops/softmax.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
double norm(const Line<T>& line, bool euclidean) {
  double total = 0;
  for (std::int64_t i = 0; i < line.n; ++i) {
    const double v = static_cast<double>(line.x[i * line.step]);
    total += euclidean ? v * v : std::abs(v);
  }
  return euclidean ? std::sqrt(total) : total;
}

void infer(InferContext& ctx) {
  const std::int64_t p = ctx.integer("p");
  if (p != 1 && p != 2) throw ctx.attribute_error("p", "no such norm").got(std::to_string(p)).expected("1 or 2");
  infer_along_axis(ctx);
}

void eval(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const Lines lines(in.shape, static_cast<std::size_t>(resolved_axis(ctx.integer("axis"), in.rank())));
  const bool euclidean = ctx.integer("p") == 2;
  with_float(in.dtype, [&]<class T>(TypeTag<T>) {
    for_lines<T>(ctx, lines, [&](const Line<T>& line) {
      const double divisor = norm(line, euclidean);
      for (std::int64_t i = 0; i < line.n; ++i)
        line.y[i * line.step] = static_cast<T>(static_cast<double>(line.x[i * line.step]) / divisor);
    });
  });
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), y = output(ctx, 0);
  const std::int64_t axis = ctx.integer("axis");
  const bool euclidean = ctx.integer("p") == 2;
  const Term norm = apply(euclidean ? reduce_l2() : reduce_l1(), x, x.integers({axis}));
  const Term turned = sum_over(grad(ctx) * y, {axis}) * (euclidean ? y : apply(sign(), x));
  ctx.set(0, ((grad(ctx) - turned) / norm).id());
}

OpDef declared() {
  OpDef def = along_axis_op("LpNormalization", eval, kFunction, gradient);
  def.attributes.push_back(attr("p", 2));
  def.infer = infer;
  return def;
}

}  // namespace

const OpDef& lp_normalization() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
