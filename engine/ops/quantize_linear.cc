// QuantizeLinear: saturate(round(x / y_scale) + y_zero_point), halves to even. The quotient has the precision of the
// attribute of that name, or of y_scale's type; integers are divided in double. NaN becomes the zero point. The
// attribute saturate speaks only of float8 results, which no tensor here has.
#include <fmt/format.h>

#include "ops/op_list.h"
#include "ops/quantize.h"

namespace rondo::ops {
namespace {

namespace in = quantize_input;

constexpr DTypeSet kReal{DType::float32, DType::float16, DType::bfloat16, DType::int32};
constexpr DTypeSet kQuantized{DType::int8, DType::uint8, DType::int16, DType::uint16};

DType result_type(const InferContext& ctx) {
  const DType wanted = type_attribute(ctx, "output_dtype", kQuantized);
  const DType zero_point = ctx.has(in::zero_point) ? ctx.dtype(in::zero_point) : wanted;
  if (wanted != DType::undefined && wanted != zero_point)
    throw ctx.attribute_error("output_dtype", "output_dtype is not the type of y_zero_point")
        .got(std::string(name_of(wanted)))
        .expected(std::string(name_of(zero_point)));
  return zero_point == DType::undefined ? DType::uint8 : zero_point;
}

void infer(InferContext& ctx) {
  type_attribute(ctx, "precision", kFloats);
  check_scales(ctx);
  ctx.set(0, result_type(ctx), ctx.type(in::x).shape);
}

template <class P>
double rounded_to(double v) noexcept {
  return converted<double>(converted<P>(v));
}

// f(TypeTag<P>{}) with the type that quotients are rounded to.
template <class F>
void with_precision(const EvalContext& ctx, F&& f) {
  const auto stated = static_cast<DType>(ctx.integer("precision"));
  const DType precision = stated == DType::undefined ? ctx.inputs[in::scale].dtype : stated;
  if (precision == DType::float32) return f(TypeTag<float>{});
  if (precision == DType::float16) return f(TypeTag<Float16>{});
  if (precision == DType::bfloat16) return f(TypeTag<BFloat16>{});
  f(TypeTag<double>{});
}

// Element i of a tensor of any type.
double element_of(const TensorView& view, std::int64_t i) {
  double v = 0;
  with_any(view.dtype, [&]<class T>(TypeTag<T>) { v = converted<double>(view.as<T>()[i]); });
  return v;
}

template <class P, class Y>
void quantize(const EvalContext& ctx) {
  const TensorView &x = ctx.inputs[in::x], &scale = ctx.inputs[in::scale];
  const Y* zero = ctx.has(in::zero_point) ? ctx.inputs[in::zero_point].as<Y>() : nullptr;
  Y* y = ctx.outputs[0].as<Y>();
  // A quotient of two numbers of P, taken in double, rounds to P as the exact one does.
  ScaleOf(ctx).each([&](std::int64_t i, std::int64_t s) {
    const double quotient = rounded_to<P>(element_of(x, i)) / rounded_to<P>(element_of(scale, s));
    y[i] = quantized<Y>(rounded_to<P>(quotient), zero == nullptr ? Y(0) : zero[s]);
  });
}

void eval(const EvalContext& ctx) {
  with_precision(ctx, [&]<class P>(TypeTag<P>) {
    with_number(ctx.outputs[0].dtype, [&]<class Y>(TypeTag<Y>) {
      if constexpr (std::is_integral_v<Y> && sizeof(Y) <= 2) quantize<P, Y>(ctx);
    });
  });
}

}  // namespace

const OpDef& quantize_linear() {
  static const OpDef def{.name = "QuantizeLinear",
                         .attributes = {attr("axis", 1), attr("block_size", 0), attr("output_dtype", 0),
                                        attr("precision", 0), attr("saturate", 1)},
                         .inputs = {{"x", "T1"}, {"y_scale", "T2"}, {"y_zero_point", "T3", Presence::optional}},
                         .outputs = {{"y", "T3"}},
                         .types = {{"T1", kReal}, {"T2", kReal}, {"T3", kQuantized}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true};
  return def;
}

}  // namespace rondo::ops
