// Identity: the input, unchanged.
#include <cstring>

#include "ops/op_list.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) { ctx.set(0, ctx.type(0)); }

void eval(const EvalContext& ctx) {
  if (ctx.outputs[0].bytes() != 0) std::memcpy(ctx.outputs[0].data, ctx.inputs[0].data, ctx.outputs[0].bytes());
}

}  // namespace

const OpDef& identity() {
  static const OpDef def{.name = "Identity",
                         .inputs = {{"input", "V"}},
                         .outputs = {{"output", "V"}},
                         .types = {{"V", kAny}},
                         .infer = infer,
                         .eval = eval,
                         .is_view = true};
  return def;
}

}  // namespace rondo::ops
