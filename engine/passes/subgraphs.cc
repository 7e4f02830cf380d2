#include "passes/subgraphs.h"

#include <algorithm>

#include "ops/loop.h"
#include "ops/scan.h"
#include "ops/subgraph.h"
#include "passes/passes.h"

namespace rondo {
namespace {

void forget_shapes(Graph& g) {
  for (NodeId id : g.order())
    for (ValueId out : g.node(id).outputs)
      if (out != kNone) g.value(out).type.shape.reset();
}

void learn(Graph& inner, ValueId id, const TensorType& type, const TensorPtr& constant) {
  Value& value = inner.value(id);
  value.type = type;
  if (constant) value.constant = constant;
}

// A copy of the graph held by outer's node, with its inputs of these types.
Graph specialized(const Graph& held, const Graph& outer, const Node& node, const std::vector<TensorType>& inputs) {
  Graph inner = held;
  const std::size_t own = ops::own_inputs(node);
  for (std::size_t i = 0; i < inner.captures.size(); ++i) {
    if (inner.captures[i] == kNone) continue;
    const Value& value = outer.value(node.inputs[own + i]);
    learn(inner, inner.captures[i], value.type, value.constant);
  }
  for (std::size_t i = 0; i < inputs.size() && i < inner.inputs.size(); ++i)
    learn(inner, inner.inputs[i], inputs[i], nullptr);
  forget_shapes(inner);
  fold_constants(inner, {}, ErrorCode::data);
  return inner;
}

bool equal_types(const std::vector<TensorType>& a, const std::vector<TensorType>& b) { return a == b; }

// The body of a Loop or Scan, whose states keep a shape only when the body hands on the shape it was given. Dims that
// change become unknown, and the body is looked at again; that ends, because a dim becomes unknown once.
Graph specialized_body(const Graph& held, const Graph& outer, const Node& node, std::vector<TensorType> inputs,
                       std::size_t first_state, std::size_t first_result, std::size_t states) {
  for (;;) {
    Graph body = specialized(held, outer, node, inputs);
    std::vector<TensorType> next = inputs;
    for (std::size_t i = 0; i < states && first_result + i < body.outputs.size(); ++i)
      next[first_state + i] = joined(inputs[first_state + i], ops::output_type(body, first_result + i));
    if (equal_types(next, inputs)) return body;
    inputs = std::move(next);
  }
}

std::vector<TensorType> own_input_types(const Graph& g, const Node& node) {
  std::vector<TensorType> types;
  for (std::size_t i = 0; i < ops::own_inputs(node); ++i)
    types.push_back(node.inputs[i] == kNone ? TensorType{} : g.value(node.inputs[i]).type);
  return types;
}

Graph specialized_loop(const Graph& held, const Graph& outer, const Node& node) {
  std::vector<TensorType> inputs = own_input_types(outer, node);
  inputs.resize(std::max<std::size_t>(inputs.size(), 2));
  inputs[0] = {DType::int64, Shape{}};
  inputs[1] = {DType::boolean, Shape{}};
  return specialized_body(held, outer, node, std::move(inputs), 2, 1, ops::LoopParts(node).states);
}

Graph specialized_scan(const Graph& held, const Graph& outer, const Node& node) {
  const ops::ScanParts parts(node);
  std::vector<TensorType> inputs = own_input_types(outer, node);
  for (std::size_t i = 0; i < parts.inputs.size(); ++i)
    inputs[parts.states + i] = ops::element_type(inputs[parts.states + i], parts.inputs[i].axis);
  return specialized_body(held, outer, node, std::move(inputs), 0, 0, parts.states);
}

Graph specialized_held(const Graph& held, const Graph& outer, const Node& node) {
  if (node.op->name == "Loop") return specialized_loop(held, outer, node);
  if (node.op->name == "Scan") return specialized_scan(held, outer, node);
  return specialized(held, outer, node, {});
}

// Which branch of an If will never run, where the condition is known.
const char* dead_branch(const Graph& g, const Node& node) {
  if (node.op->name != "If") return "";
  const TensorPtr& cond = g.value(node.inputs[0]).constant;
  if (!cond || cond->count() != 1) return "";
  return *cond->view().as<bool>() ? "else_branch" : "then_branch";
}

}  // namespace

bool has_subgraphs(const Node& node) noexcept {
  return std::ranges::any_of(node.attributes, [](const Attribute& a) { return kind_of(a.value) == AttrKind::graph; });
}

void rewrite_subgraphs(Node& node, const std::function<void(Graph&)>& f) {
  for (Attribute& a : node.attributes) {
    auto* held = std::get_if<GraphPtr>(&a.value);
    if (held == nullptr) continue;
    auto copy = std::make_shared<Graph>(**held);
    f(*copy);
    *held = std::move(copy);
  }
}

void specialize_subgraphs(Graph& graph, NodeId id) {
  Node& node = graph.node(id);
  const std::string_view dead = dead_branch(graph, node);
  for (Attribute& a : node.attributes) {
    auto* held = std::get_if<GraphPtr>(&a.value);
    if (held == nullptr || a.name == dead) continue;
    try {
      *held = std::make_shared<Graph>(specialized_held(**held, graph, node));
    } catch (const Error&) {  // see the declaration
    }
  }
}

void prune_captures(Graph& graph) {
  for (NodeId id : graph.order()) {
    Node& node = graph.node(id);
    if (node.num_captures == 0) continue;
    std::vector<bool> read(node.num_captures);
    for (const Attribute& a : node.attributes) {
      const auto* held = std::get_if<GraphPtr>(&a.value);
      if (held == nullptr) continue;
      const auto readers = (*held)->readers();
      for (std::size_t i = 0; i < (*held)->captures.size(); ++i) {
        const ValueId v = (*held)->captures[i];
        if (v == kNone || (*held)->value(v).constant) continue;
        read[i] = read[i] || !readers[Graph::index(v)].empty() || (*held)->is_output(v);
      }
    }
    if (std::ranges::find(read, false) == read.end()) continue;
    const auto keep = [&read](std::vector<ValueId>& list, std::size_t from) {
      std::size_t to = from;
      for (std::size_t i = 0; i < read.size(); ++i)
        if (read[i]) list[to++] = list[from + i];
      list.resize(to);
    };
    rewrite_subgraphs(node, [&](Graph& held) { keep(held.captures, 0); });
    keep(node.inputs, ops::own_inputs(node));
    node.num_captures = static_cast<std::uint32_t>(std::ranges::count(read, true));
  }
}

}  // namespace rondo
