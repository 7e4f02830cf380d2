// Cast: elements converted to another type (see convert.h for the edges). saturate and round_mode speak only of float8
// targets, which no tensor here has.
#include <fmt/format.h>

#include "ops/convert.h"
#include "ops/elements.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const std::int64_t to = ctx.integer("to");
  const bool fits = to > 0 && to < 32;  // no element type has a larger number
  const DType target = fits ? static_cast<DType>(to) : DType::undefined;
  if (size_of(target) == 0)
    throw ctx.attribute_error("to", "no such element type here")
        .got(std::to_string(to))
        .expected("ONNX's number of one of " + to_string(kAny));
  ctx.set(0, target, ctx.type(0).shape);
}

void eval(const EvalContext& ctx) {
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

}  // namespace

const OpDef& cast() {
  static const OpDef def{
      .name = "Cast",
      .attributes = {required_attr("to", AttrKind::integer), attr("saturate", 1), attr("round_mode", "up")},
      .inputs = {{"input", "T1"}},
      .outputs = {{"output", "T2"}},
      .types = {{"T1", kAny}, {"T2", kAny}},
      .infer = infer,
      .eval = eval,
      .moves = true};
  return def;
}

}  // namespace rondo::ops
