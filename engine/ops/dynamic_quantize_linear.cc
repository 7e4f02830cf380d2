// DynamicQuantizeLinear: floats as uint8 with the scale and the zero point that their own range asks for. Only zeros,
// or nothing, give scale 1; NaN gives a scale of NaN, so that it is not lost.
#include "ops/op_list.h"
#include "ops/quantize.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Output : std::size_t { kY, kScale, kZeroPoint };

void infer(InferContext& ctx) {
  ctx.set(kY, DType::uint8, ctx.type(0).shape);
  ctx.set(kScale, DType::float32, Shape{});
  ctx.set(kZeroPoint, DType::uint8, Shape{});
}

void eval(const EvalContext& ctx) {
  const std::int64_t n = ctx.inputs[0].count();
  const float* x = ctx.inputs[0].as<float>();
  FloatRange range;
  range.add(x, n);
  const ByteScale scale(range);
  for (std::int64_t i = 0; ctx.wants(kY) && i < n; ++i) ctx.outputs[kY].as<std::uint8_t>()[i] = scale(x[i]);
  if (ctx.wants(kScale)) *ctx.outputs[kScale].as<float>() = scale.scale;
  if (ctx.wants(kZeroPoint)) *ctx.outputs[kZeroPoint].as<std::uint8_t>() = scale.zero_point;
}

}  // namespace

const OpDef& dynamic_quantize_linear() {
  static const OpDef def{.name = "DynamicQuantizeLinear",
                         .inputs = {{"x", "T1"}},
                         .outputs = {{"y", "T2"}, {"y_scale", "T1"}, {"y_zero_point", "T2"}},
                         .types = {{"T1", {DType::float32}}, {"T2", {DType::uint8}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kFunction};
  return def;
}

}  // namespace rondo::ops
