// Cast: elements converted to another type (see convert.h for the edges). saturate and round_mode speak only of float8
// targets, which no tensor here has.
#include "ops/cast.h"

#include "ops/convert.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {

DType checked_dtype(const InferContext& ctx, std::string_view attribute, DTypeSet allowed) {
  const std::int64_t number = ctx.integer(attribute);
  // No element type has a larger number.
  if (number <= 0 || number >= 32 || !allowed.contains(static_cast<DType>(number)))
    throw ctx.attribute_error(attribute, "no such element type here")
        .got(std::to_string(number))
        .expected("ONNX's number of one of " + to_string(allowed));
  return static_cast<DType>(number);
}

void eval_cast(const EvalContext& ctx) {
  const TensorView& in = ctx.inputs[0];
  const MutableTensorView& out = ctx.outputs[0];
  const std::int64_t n = out.count();
  if (in.dtype == out.dtype) return copy_elements(out.data, in.data, n, size_of(in.dtype));
  with_any(in.dtype, [&]<class From>(TypeTag<From>) {
    with_any(out.dtype, [&]<class To>(TypeTag<To>) {
      for (std::int64_t i = 0; i < n; ++i) out.as<To>()[i] = converted<To>(in.as<From>()[i]);
    });
  });
}

void cast_gradient(GradientContext& ctx) { ctx.set(0, as_type(grad(ctx), input(ctx, 0).dtype()).id()); }

const OpDef& cast() {
  static const OpDef def{
      .name = "Cast",
      .attributes = {required_attr("to", AttrKind::integer), attr("saturate", 1), attr("round_mode", "up")},
      .inputs = {{"input", "T1"}},
      .outputs = {{"output", "T2"}},
      .types = {{"T1", kAny}, {"T2", kAny}},
      .infer = [](InferContext& ctx) { ctx.set(0, checked_dtype(ctx, "to"), ctx.type(0).shape); },
      .eval = eval_cast,
      .moves = true,
      .gradient = cast_gradient};
  return def;
}

}  // namespace rondo::ops
