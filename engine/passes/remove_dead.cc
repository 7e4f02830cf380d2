#include <algorithm>

#include "passes/passes.h"

namespace rondo {

void remove_dead(Graph& graph) {
  std::vector<bool> needed(graph.num_values()), dead(graph.node_capacity());
  for (ValueId out : graph.outputs) needed[Graph::index(out)] = true;
  const auto& order = graph.order();
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    const Node& node = graph.node(*it);
    const auto is_needed = [&](ValueId v) { return v != kNone && needed[Graph::index(v)]; };
    if (std::ranges::none_of(node.outputs, is_needed)) {
      dead[Graph::index(*it)] = true;
      continue;
    }
    for (ValueId in : node.inputs)
      if (in != kNone) needed[Graph::index(in)] = true;
  }
  graph.erase(dead);
}

}  // namespace rondo
