// Size: the number of elements of a tensor.
#include "ops/op_list.h"

namespace rondo::ops {

const OpDef& size() {
  static const OpDef def{
      .name = "Size",
      .inputs = {{"data", "T"}},
      .outputs = {{"size", "T1"}},
      .types = {{"T", kAny}, {"T1", {DType::int64}}},
      .infer = [](InferContext& ctx) { ctx.set(0, DType::int64, Shape{}); },
      .eval = [](const EvalContext& ctx) { *ctx.outputs[0].as<std::int64_t>() = ctx.inputs[0].count(); },
      .reads_shapes_only = true,
      .moves = true};
  return def;
}

}  // namespace rondo::ops
