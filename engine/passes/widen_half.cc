#include <algorithm>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "passes/subgraphs.h"

namespace rondo {
namespace {

bool is_half(DType t) { return t == DType::float16 || t == DType::bfloat16; }

ValueId add_cast(Graph& g, ValueId from, DType to, const std::string& name) {
  const NodeId id = g.add_node(ops::cast(), name, {{"to", static_cast<std::int64_t>(to)}}, {from}, {name});
  return g.node(id).outputs[0];
}

// Adds the wide form of `old`, an erased node, and the casts around it; map tells who stands for erased values.
void add_wide(Graph& g, const Node& old, std::vector<ValueId>& map) {
  std::vector<ValueId> inputs = old.inputs;
  for (ValueId& in : inputs) {
    if (in == kNone) continue;
    in = map[Graph::index(in)];
    if (is_half(g.value(in).type.dtype))
      in = add_cast(g, in, DType::float32, g.fresh_name(g.value(in).name + ".float"));
  }
  const auto half_output = [&](std::size_t i) { return is_half(g.value(old.outputs[i]).type.dtype); };
  std::vector<std::string> names(old.outputs.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (old.outputs[i] == kNone) continue;
    const std::string& name = g.value(old.outputs[i]).name;
    names[i] = half_output(i) ? g.fresh_name(name + ".float") : name;
  }
  const NodeId made = g.add_node(*old.op, old.name, old.attributes, std::move(inputs), std::move(names));
  for (std::size_t i = 0; i < old.outputs.size(); ++i) {
    if (old.outputs[i] == kNone) continue;
    const Value& original = g.value(old.outputs[i]);
    ValueId result = g.node(made).outputs[i];
    if (half_output(i)) result = add_cast(g, result, original.type.dtype, std::string(original.name));
    map[Graph::index(old.outputs[i])] = result;
  }
  for (std::size_t i = map.size(); i < g.num_values(); ++i) map.push_back(ValueId{static_cast<std::uint32_t>(i)});
}

}  // namespace

void widen_half(Graph& graph) {
  const auto computes_half = [&](const Node& n) {
    if (n.op->moves || n.op->is_view || has_subgraphs(n)) return false;
    const auto half = [&](ValueId v) { return v != kNone && is_half(graph.value(v).type.dtype); };
    return std::ranges::any_of(n.inputs, half) || std::ranges::any_of(n.outputs, half);
  };
  for (NodeId id : graph.order())
    if (has_subgraphs(graph.node(id))) rewrite_subgraphs(graph.node(id), widen_half);
  std::vector<Node> narrow;
  std::vector<bool> marked(graph.node_capacity());
  for (NodeId id : graph.order()) {
    if (!computes_half(graph.node(id))) continue;
    narrow.push_back(graph.node(id));
    marked[Graph::index(id)] = true;
  }
  if (narrow.empty()) return;
  graph.erase(marked);
  auto map = graph.identity_map();
  for (const Node& node : narrow) add_wide(graph, node, map);
  graph.replace_uses(std::move(map));
  graph.sort();
}

}  // namespace rondo
