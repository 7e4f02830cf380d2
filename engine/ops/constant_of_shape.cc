// ConstantOfShape: a tensor of the shape given, filled with one value (float32 zero by default).
#include <algorithm>

#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

const Tensor* value_of(const AttrValue* value) {
  return value == nullptr ? nullptr : std::get<TensorPtr>(*value).get();
}

void infer(InferContext& ctx) {
  const Tensor* value = value_of(ctx.find("value"));
  if (value != nullptr && value->count() != 1)
    throw ctx.attribute_error("value", "value must hold one element").got("shape " + list_text(value->shape()));
  std::optional<Shape> out;
  if (const auto length = list_length(ctx, 0)) out = unknown_shape(ctx, *length);
  if (const auto dims = ctx.integers_of(0)) {
    if (std::ranges::any_of(*dims, [](std::int64_t d) { return d < 0; }))
      throw ctx.error("input holds a negative size").got(list_text(*dims)).expected("sizes of 0 and more");
    check_rank(ctx, dims->size(), "output");
    out = Shape(dims->begin(), dims->end());
  }
  ctx.set(0, value == nullptr ? DType::float32 : value->dtype(), std::move(out));
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  const Tensor* value = value_of(find_attribute(ctx.node.attributes, "value"));
  with_element(size_of(out.dtype), [&]<class U>(TypeTag<U>) {
    const U fill = value == nullptr ? U(0) : *static_cast<const U*>(value->data());
    std::fill_n(out.as<U>(), out.count(), fill);
  });
}

}  // namespace

const OpDef& constant_of_shape() {
  static const OpDef def{.name = "ConstantOfShape",
                         .attributes = {optional_attr("value", AttrKind::tensor)},
                         .inputs = {{"input", "T1"}},
                         .outputs = {{"output", "T2"}},
                         .types = {{"T1", {DType::int64}}, {"T2", kAny}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true};
  return def;
}

}  // namespace rondo::ops
