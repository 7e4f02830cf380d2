// If: the outputs of then_branch where cond is true, else those of else_branch. The branches take no inputs; what they
// read of the surrounding graph is captured. Element types of the branches must agree; shapes may differ, as ONNX
// allows since opset 11, and then what reads them learns its shape while the model runs.
#include <fmt/format.h>

#include "ops/op_list.h"
#include "ops/subgraph.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  require_single(ctx, 0);
  for (const char* branch : {"then_branch", "else_branch"}) check_arity(ctx, branch, 0, ctx.num_outputs());
  const Graph &then = subgraph(ctx, "then_branch"), &otherwise = subgraph(ctx, "else_branch");
  const TensorView* cond = ctx.value(0);
  if (cond != nullptr && cond->count() != 1) cond = nullptr;
  for (std::size_t i = 0; i < ctx.num_outputs(); ++i) {
    const TensorType &a = output_type(then, i), &b = output_type(otherwise, i);
    check_dtype(ctx, "else_branch", fmt::format("output {}", i), b, a.dtype);
    ctx.set(i, cond == nullptr ? joined(a, b) : *cond->as<bool>() ? a : b);
  }
}

}  // namespace

const OpDef& if_else() {
  static const OpDef def{
      .name = "If",
      .attributes = {required_attr("then_branch", AttrKind::graph), required_attr("else_branch", AttrKind::graph)},
      .inputs = {{"cond", "B"}},
      .outputs = {{"outputs", "V", Presence::variadic}},
      .types = {{"B", kBool}, {"V", kAny, true}},
      .infer = infer};
  return def;
}

}  // namespace rondo::ops
