#include <algorithm>

#include "ops/op_list.h"
#include "ops/subgraph.h"
#include "passes/passes.h"

namespace rondo {
namespace {

// Null for every other node.
GraphPtr known_branch(const Graph& g, const Node& node) {
  if (node.op != &ops::if_else()) return nullptr;
  const TensorPtr& cond = g.value(node.inputs[0]).constant;
  if (!cond || cond->count() != 1) return nullptr;
  const char* name = *cond->view().as<bool>() ? "then_branch" : "else_branch";
  return std::get<GraphPtr>(*find_attribute(node.attributes, name));
}

// Copies the nodes of a branch into g. The If is erased, so the names of its outputs are free for those that make them.
class Inliner {
 public:
  Inliner(Graph& g, Node the_if, const Graph& branch) : g_(g), if_(std::move(the_if)), branch_(branch) {}

  // map[i]: what stands for value i of g from now on.
  void run(std::vector<ValueId>& map) {
    stands_for_.assign(branch_.num_values(), kNone);
    const std::size_t own = ops::own_inputs(if_);
    for (std::size_t i = 0; i < branch_.captures.size(); ++i)
      if (branch_.captures[i] != kNone) stands_for_[Graph::index(branch_.captures[i])] = if_.inputs[own + i];
    for (NodeId id : branch_.order()) copy(branch_.node(id));
    for (std::size_t i = 0; i < if_.outputs.size(); ++i)
      if (if_.outputs[i] != kNone) map[Graph::index(if_.outputs[i])] = outer(branch_.outputs[i]);
    for (std::size_t i = map.size(); i < g_.num_values(); ++i) map.push_back(ValueId{static_cast<std::uint32_t>(i)});
  }

 private:
  ValueId outer(ValueId inner) {
    if (inner == kNone) return kNone;
    ValueId& known = stands_for_[Graph::index(inner)];
    const Value& value = branch_.value(inner);
    if (known == kNone) known = g_.add_constant(g_.fresh_name(value.name), value.constant);
    return known;
  }

  // The name of the If's output that shows the value, or one close to its own.
  std::string name_of_result(ValueId inner, const std::vector<std::string>& taken) const {
    if (inner == kNone) return "";
    for (std::size_t i = 0; i < if_.outputs.size(); ++i) {
      if (if_.outputs[i] == kNone || branch_.outputs[i] != inner) continue;
      const std::string& wanted = g_.value(if_.outputs[i]).name;
      if (g_.find_value(wanted) == kNone) return wanted;
    }
    std::string name = g_.fresh_name(branch_.value(inner).name);
    while (std::ranges::find(taken, name) != taken.end()) name = g_.fresh_name(name + "_inner");
    return name;
  }

  void copy(const Node& node) {
    std::vector<ValueId> inputs;
    for (ValueId in : node.inputs) inputs.push_back(outer(in));
    std::vector<std::string> names;
    for (ValueId out : node.outputs) names.push_back(name_of_result(out, names));
    const NodeId made = g_.add_node(*node.op, node.name, node.attributes, std::move(inputs), names, node.num_captures);
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      if (node.outputs[i] != kNone) stands_for_[Graph::index(node.outputs[i])] = g_.node(made).outputs[i];
  }

  Graph& g_;
  Node if_;
  const Graph& branch_;
  std::vector<ValueId> stands_for_;  // by value of the branch; kNone: a constant not yet copied
};

}  // namespace

bool inline_branches(Graph& graph) {
  std::vector<Node> known;
  std::vector<bool> marked(graph.node_capacity());
  for (NodeId id : graph.order()) {
    if (known_branch(graph, graph.node(id)) == nullptr) continue;
    known.push_back(graph.node(id));
    marked[Graph::index(id)] = true;
  }
  if (known.empty()) return false;
  graph.erase(marked);
  auto map = graph.identity_map();
  for (const Node& node : known) {
    const GraphPtr branch = known_branch(graph, node);
    Inliner(graph, node, *branch).run(map);
  }
  graph.replace_uses(std::move(map));
  graph.sort();
  return true;
}

}  // namespace rondo
