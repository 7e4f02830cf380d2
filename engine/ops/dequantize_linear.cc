// DequantizeLinear: (x - x_zero_point) * x_scale, in double and rounded once, in the type that output_dtype names or
// else that of x_scale.
#include "ops/op_list.h"
#include "ops/quantize.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

namespace in = quantize_input;

constexpr DTypeSet kResults{DType::float32, DType::float16, DType::bfloat16};

void infer(InferContext& ctx) {
  const DType wanted = type_attribute(ctx, "output_dtype", kResults);
  check_scales(ctx);
  ctx.set(0, wanted == DType::undefined ? ctx.dtype(in::scale) : wanted, ctx.type(in::x).shape);
}

template <class X, class S, class Y>
void dequantize(const EvalContext& ctx) {
  const X* x = ctx.inputs[in::x].as<X>();
  const S* scale = ctx.inputs[in::scale].as<S>();
  const X* zero = ctx.has(in::zero_point) ? ctx.inputs[in::zero_point].as<X>() : nullptr;
  Y* y = ctx.outputs[0].as<Y>();
  ScaleOf(ctx).each([&](std::int64_t i, std::int64_t s) {
    const double steps = static_cast<double>(x[i]) - (zero == nullptr ? 0.0 : static_cast<double>(zero[s]));
    y[i] = converted<Y>(steps * converted<double>(scale[s]));
  });
}

// f(TypeTag<T>{}) for the floating types of scales and results.
template <class F>
void with_result(DType dtype, F&& f) {
  if (dtype == DType::float16) return f(TypeTag<Float16>{});
  if (dtype == DType::bfloat16) return f(TypeTag<BFloat16>{});
  f(TypeTag<float>{});
}

void eval(const EvalContext& ctx) {
  with_number(ctx.inputs[in::x].dtype, [&]<class X>(TypeTag<X>) {
    if constexpr (std::is_integral_v<X> && sizeof(X) <= 4)
      with_result(ctx.inputs[in::scale].dtype, [&]<class S>(TypeTag<S>) {
        with_result(ctx.outputs[0].dtype, [&]<class Y>(TypeTag<Y>) { dequantize<X, S, Y>(ctx); });
      });
  });
}

}  // namespace

const OpDef& dequantize_linear() {
  static const OpDef def{.name = "DequantizeLinear",
                         .attributes = {attr("axis", 1), attr("block_size", 0), attr("output_dtype", 0)},
                         .inputs = {{"x", "T1"}, {"x_scale", "T2"}, {"x_zero_point", "T1", Presence::optional}},
                         .outputs = {{"y", "T3"}},
                         .types = {{"T1", {DType::int8, DType::uint8, DType::int16, DType::uint16, DType::int32}},
                                   {"T2", kResults},
                                   {"T3", kResults}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kRounded,
                         .moves = true};
  return def;
}

}  // namespace rondo::ops
