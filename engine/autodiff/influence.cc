#include "autodiff/influence.h"

#include <algorithm>

#include "ops/term.h"

namespace rondo::autodiff {
namespace {

bool carries(const Graph& graph, ValueId id) { return id != kNone && is_floating(graph.value(id).type.dtype); }

// Sets a member that can carry a gradient; true when it was not one before.
bool admit(const Graph& graph, ValueSet& set, ValueId id) {
  if (!carries(graph, id) || set[Graph::index(id)]) return false;
  set[Graph::index(id)] = true;
  return true;
}

ValueId at(const std::vector<ValueId>& ids, std::size_t i) { return i < ids.size() ? ids[i] : kNone; }

void influence_outputs(const Graph& graph, const Node& node, ValueSet& set) {
  for (const Body& body : bodies_of(node)) {
    const ValueSet inner = influenced_within(body, node, set);
    for (const Link& result : body.results)
      if (holds(inner, result.value)) admit(graph, set, at(node.outputs, result.port));
    // Without an iteration a state is what it was before the first.
    for (const State& state : body.states)
      if (holds(inner, state.before) || holds(inner, state.after)) admit(graph, set, at(node.outputs, state.output));
    for (const Sequence& written : body.written)
      if (holds(inner, written.element)) admit(graph, set, at(node.outputs, written.port));
  }
  if (holds_bodies(node) || node.op->gradient == &ops::no_slope) return;
  if (std::ranges::any_of(node.inputs, [&](ValueId in) { return holds(set, in); }))
    for (ValueId out : node.outputs) admit(graph, set, out);
}

void influence_inputs(const Graph& graph, const Node& node, ValueSet& set) {
  for (const Body& body : bodies_of(node)) {
    const ValueSet inner = influencing_within(body, node, set);
    for (const Link& capture : body.captures)
      if (holds(inner, capture.value)) admit(graph, set, node.inputs[capture.port]);
    for (const State& state : body.states)
      if (holds(inner, state.before) || holds(set, at(node.outputs, state.output)))
        admit(graph, set, node.inputs[state.input]);
    for (const Sequence& read : body.read)
      if (holds(inner, read.element)) admit(graph, set, node.inputs[read.port]);
  }
  if (holds_bodies(node) || node.op->gradient == &ops::no_slope) return;
  if (std::ranges::any_of(node.outputs, [&](ValueId out) { return holds(set, out); }))
    for (ValueId in : node.inputs) admit(graph, set, in);
}

}  // namespace

ValueSet set_of(const Graph& graph, const std::vector<ValueId>& ids) {
  ValueSet set(graph.num_values());
  for (ValueId id : ids)
    if (id != kNone) set[Graph::index(id)] = true;
  return set;
}

ValueSet influenced(const Graph& graph, ValueSet from) {
  for (NodeId id : graph.order()) influence_outputs(graph, graph.node(id), from);
  return from;
}

ValueSet influencing(const Graph& graph, ValueSet to) {
  const auto& order = graph.order();
  for (auto it = order.rbegin(); it != order.rend(); ++it) influence_inputs(graph, graph.node(*it), to);
  return to;
}

ValueSet influenced_within(const Body& body, const Node& node, const ValueSet& outside) {
  const Graph& graph = *body.graph;
  ValueSet set(graph.num_values());
  for (const Link& capture : body.captures)
    if (holds(outside, node.inputs[capture.port])) admit(graph, set, capture.value);
  for (const State& state : body.states)
    if (holds(outside, node.inputs[state.input])) admit(graph, set, state.before);
  for (const Sequence& read : body.read)
    if (holds(outside, node.inputs[read.port])) admit(graph, set, read.element);
  for (bool more = true; more;) {
    set = influenced(graph, std::move(set));
    more = false;
    for (const State& state : body.states)
      if (holds(set, state.after)) more |= admit(graph, set, state.before);
  }
  return set;
}

ValueSet influencing_within(const Body& body, const Node& node, const ValueSet& outside) {
  const Graph& graph = *body.graph;
  ValueSet set(graph.num_values());
  for (const Link& result : body.results)
    if (holds(outside, at(node.outputs, result.port))) admit(graph, set, result.value);
  for (const State& state : body.states)
    if (holds(outside, at(node.outputs, state.output))) admit(graph, set, state.after);
  for (const Sequence& written : body.written)
    if (holds(outside, at(node.outputs, written.port))) admit(graph, set, written.element);
  for (bool more = true; more;) {
    set = influencing(graph, std::move(set));
    more = false;
    for (const State& state : body.states)
      if (holds(set, state.before)) more |= admit(graph, set, state.after);
  }
  return set;
}

}  // namespace rondo::autodiff
