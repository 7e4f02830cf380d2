#include <algorithm>

#include "ops/op_list.h"
#include "passes/add_reshape.h"
#include "passes/passes.h"

namespace rondo {
namespace {

// True when the dims larger than 1 keep their order.
bool moves_only_ones(const std::vector<std::int64_t>& perm, const std::vector<std::int64_t>& dims) {
  std::int64_t last = -1;
  for (std::int64_t axis : perm) {
    if (dims[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

std::vector<std::int64_t> perm_of(const Node& n, std::size_t rank) {
  if (const AttrValue* perm = find_attribute(n.attributes, "perm")) return std::get<std::vector<std::int64_t>>(*perm);
  std::vector<std::int64_t> reversed(rank);
  for (std::size_t i = 0; i < rank; ++i) reversed[i] = static_cast<std::int64_t>(rank - 1 - i);
  return reversed;
}

}  // namespace

void transposes_to_views(Graph& graph) {
  std::vector<bool> gone(graph.node_capacity());
  std::vector<Node> found;
  for (NodeId id : graph.order()) {
    const Node& n = graph.node(id);
    if (n.op != &ops::transpose()) continue;
    const auto dims = concrete_dims(graph.value(n.inputs[0]).type);
    if (!dims || !moves_only_ones(perm_of(n, dims->size()), *dims)) continue;
    gone[Graph::index(id)] = true;
    found.push_back(n);
  }
  if (found.empty()) return;
  graph.erase(gone);
  auto map = graph.identity_map();
  for (const Node& n : found) {
    const Value old = graph.value(n.outputs[0]);
    map[Graph::index(n.outputs[0])] = add_reshape(graph, n.inputs[0], *concrete_dims(old.type), n.name, old.name);
  }
  for (std::size_t i = map.size(); i < graph.num_values(); ++i) map.push_back(ValueId{static_cast<std::uint32_t>(i)});
  graph.replace_uses(std::move(map));
  graph.sort();
}

}  // namespace rondo
