// Loop: runs body up to M times while cond holds, handing states from one iteration to the next and stacking what each
// iteration gives for the scans along a new axis 0. An absent M is no bound, an absent cond is true.
#include "ops/loop.h"

#include <fmt/format.h>

#include "ops/op_list.h"
#include "ops/subgraph.h"

namespace rondo::ops {

LoopParts::LoopParts(const Node& node) {
  const Graph& body = *std::get<GraphPtr>(*find_attribute(node.attributes, "body"));
  const std::size_t own = own_inputs(node);
  states = own > 2 ? own - 2 : 0;
  scans = body.outputs.size() > states ? body.outputs.size() - 1 - states : 0;
}

bool body_never_stops(const Graph& body) {
  const ValueId out = body.outputs[0];
  const TensorPtr& known = body.value(out).constant;
  return out == body.inputs[1] || (known && known->count() == 1 && *known->view().as<bool>());
}

namespace {

bool starts(const InferContext& ctx) {
  if (!ctx.has(1)) return true;
  const TensorView* cond = ctx.value(1);
  return cond != nullptr && cond->count() == 1 && *cond->as<bool>();
}

// How often the body runs, where that is decided before it runs.
Dim trips(const InferContext& ctx, const Graph& body) {
  if (!ctx.has(0) || !body_never_stops(body)) return {};
  const auto most = ctx.integers_of(0);
  if (!most || most->size() != 1 || !starts(ctx)) return {};
  return std::max<std::int64_t>((*most)[0], 0);
}

void infer(InferContext& ctx) {
  require_single(ctx, 0);
  require_single(ctx, 1);
  const Graph& body = subgraph(ctx, "body");
  const LoopParts parts(ctx.node());
  check_arity(ctx, "body", 2 + parts.states, 1 + parts.states + parts.scans);
  if (body.outputs.empty() || ctx.num_outputs() > parts.states + parts.scans)
    throw ctx.attribute_error("body", "its graph has too few outputs")
        .got(std::to_string(body.outputs.size()))
        .expected(fmt::format("{}, the condition among them", ctx.num_outputs() + 1));
  check_dtype(ctx, "body", "output 0, the condition,", output_type(body, 0), DType::boolean);
  for (std::size_t i = 0; i < parts.states; ++i) {
    const TensorType &first = ctx.type(2 + i), &next = output_type(body, 1 + i);
    check_dtype(ctx, "body", fmt::format("state {}", i), next, first.dtype);
    ctx.set(i, joined(first, next));
  }
  for (std::size_t i = 0; i < parts.scans; ++i) {
    TensorType type = output_type(body, 1 + parts.states + i);
    if (type.ranked()) type.shape->insert(type.shape->begin(), trips(ctx, body));
    ctx.set(parts.states + i, std::move(type));
  }
}

}  // namespace

const OpDef& loop() {
  static const OpDef def{.name = "Loop",
                         .attributes = {required_attr("body", AttrKind::graph)},
                         .inputs = {{"M", "I", Presence::optional},
                                    {"cond", "B", Presence::optional},
                                    {"v_initial", "V", Presence::variadic}},
                         .outputs = {{"v_final_and_scan_outputs", "V", Presence::variadic}},
                         .types = {{"I", {DType::int64}}, {"B", kBool}, {"V", kAny, true}},
                         .infer = infer};
  return def;
}

}  // namespace rondo::ops
