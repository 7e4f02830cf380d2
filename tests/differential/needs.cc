#include "differential/needs.h"

#include <algorithm>
#include <ranges>

#include "ops/subgraph.h"

namespace rondo::differential {
namespace {

bool reads_elements(const Node& node, std::size_t input) {
  const std::string& op = node.op->name;
  if (op == "CastLike") return input != 1;
  return op != "Shape" && op != "Size" && !op.ends_with("Like");
}

// The branch that an If of constant condition never takes; else empty.
std::string_view idle_branch(const Graph& graph, const Node& node) {
  if (node.op->name != "If" || !graph.value(node.inputs[0]).constant) return {};
  return graph.value(node.inputs[0]).constant->values<bool>()[0] ? "else_branch" : "then_branch";
}

// By place: its own inputs, and the captures that its graphs need.
std::vector<bool> needed_inputs(const Graph& graph, const Node& node, Use use) {
  const std::size_t own = ops::own_inputs(node);
  std::vector<bool> needed(node.inputs.size(), false);
  for (std::size_t i = 0; i < own; ++i) needed[i] = use == Use::any || reads_elements(node, i);
  for (const Attribute& a : node.attributes) {
    const auto* held = std::get_if<GraphPtr>(&a.value);
    if (held == nullptr || (use == Use::elements && a.name == idle_branch(graph, node))) continue;
    const Needs inner = needs_of(**held, use);
    for (std::size_t i = 0; i < (*held)->captures.size(); ++i)
      if (inner.has((*held)->captures[i])) needed[own + i] = true;
  }
  return needed;
}

}  // namespace

Needs needs_of(const Graph& graph, Use use) {
  Needs needs{std::vector<bool>(graph.num_values()), {}};
  for (ValueId v : graph.outputs) needs.values[Graph::index(v)] = true;
  for (NodeId id : std::views::reverse(graph.order())) {
    const Node& node = graph.node(id);
    if (std::ranges::none_of(node.outputs, [&](ValueId v) { return needs.has(v); })) continue;
    needs.nodes.push_back(id);
    const std::vector<bool> needed = needed_inputs(graph, node, use);
    for (std::size_t i = 0; i < needed.size(); ++i)
      if (needed[i] && node.inputs[i] != kNone) needs.values[Graph::index(node.inputs[i])] = true;
  }
  std::ranges::reverse(needs.nodes);
  return needs;
}

std::set<std::string> nodes_that_must_run(const Graph& graph) {
  std::set<std::string> names;
  for (NodeId id : needs_of(graph, Use::elements).nodes) {
    names.insert(graph.node(id).name);
    for (const Attribute& a : graph.node(id).attributes)
      if (const auto* held = std::get_if<GraphPtr>(&a.value)) names.merge(nodes_that_must_run(**held));
  }
  return names;
}

}  // namespace rondo::differential
