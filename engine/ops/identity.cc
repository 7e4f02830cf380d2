// Identity: the input, unchanged.
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void gradient(GradientContext& ctx) { ctx.set(0, ctx.grad_output()); }

}  // namespace

const OpDef& identity() {
  static const OpDef def{.name = "Identity",
                         .inputs = {{"input", "V"}},
                         .outputs = {{"output", "V"}},
                         .types = {{"V", kAny}},
                         .infer = [](InferContext& ctx) { ctx.set(0, ctx.type(0)); },
                         .eval = eval_view,
                         .is_view = true,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
