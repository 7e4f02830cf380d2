#include <algorithm>
#include <numeric>

#include "passes/passes.h"

namespace rondo {
namespace {

bool keeps_order(const std::vector<std::int64_t>& perm) { return std::ranges::is_sorted(perm); }

bool keeps_shape(const Graph& g, const Node& n) {
  const auto in = concrete_dims(g.value(n.inputs[0]).type);
  return in && in == concrete_dims(g.value(n.outputs[0]).type);
}

// A Slice that keeps every dim may still walk backwards; only known steps of 1 let it go.
bool steps_are_one(const Graph& g, const Node& n) {
  if (n.inputs.size() < 5 || n.inputs[4] == kNone) return true;
  const TensorPtr& steps = g.value(n.inputs[4]).constant;
  if (!steps) return false;
  const auto one = [](auto v) { return v == 1; };
  return steps->dtype() == DType::int64 ? std::ranges::all_of(steps->values<std::int64_t>(), one)
                                        : std::ranges::all_of(steps->values<std::int32_t>(), one);
}

// In inference, and nobody asks which elements were kept.
bool drops_nothing(const Graph& g, const Node& n) {
  if (n.outputs.size() > 1 && n.outputs[1] != kNone) return false;
  if (n.inputs.size() < 3 || n.inputs[2] == kNone) return true;
  const TensorPtr& training = g.value(n.inputs[2]).constant;
  return training && *static_cast<const std::uint8_t*>(training->data()) == 0;
}

bool is_identity(const Graph& g, const Node& n) {
  const std::string& op = n.op->name;
  if (op == "Identity") return true;
  if (op == "Dropout") return drops_nothing(g, n);
  if (op == "Cast" || op == "CastLike") return g.value(n.inputs[0]).type.dtype == g.value(n.outputs[0]).type.dtype;
  if (op == "Concat") return n.inputs.size() == 1;
  if (op == "Expand") return keeps_shape(g, n);
  if (op == "Slice") return keeps_shape(g, n) && steps_are_one(g, n);
  if (op == "Transpose") {
    const AttrValue* perm = find_attribute(n.attributes, "perm");
    return perm != nullptr && keeps_order(std::get<std::vector<std::int64_t>>(*perm));
  }
  return false;
}

}  // namespace

void remove_identities(Graph& graph) {
  auto map = graph.identity_map();
  std::vector<bool> gone(graph.node_capacity());
  for (NodeId id : graph.order()) {
    const Node& n = graph.node(id);
    if (n.outputs.empty() || n.outputs[0] == kNone || !is_identity(graph, n)) continue;
    map[Graph::index(n.outputs[0])] = n.inputs[0];
    gone[Graph::index(id)] = true;
  }
  graph.replace_uses(std::move(map));
  graph.erase(gone);
}

}  // namespace rondo
