#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ops/recurrent.h"
#include "passes/passes.h"
#include "passes/states.h"

namespace rondo {
namespace {

// Every open dim of an input gets a name of its own; those that shared a name still do.
Graph with_named_dims(const Graph& graph) {
  Graph g = graph;
  for (NodeId id : g.order())
    for (ValueId out : g.node(id).outputs)
      if (out != kNone) g.value(out).type.shape.reset();
  for (std::size_t i = 0; i < g.inputs.size(); ++i) {
    TensorType& type = g.value(g.inputs[i]).type;
    if (!type.ranked()) continue;
    for (std::size_t d = 0; d < type.shape->size(); ++d)
      if (Dim& dim = (*type.shape)[d]; !dim.known() && dim.symbol.empty()) dim.symbol = fmt::format("{}:{}", i, d);
  }
  fold_constants(g);
  return g;
}

// The name of the dim that is axis `axis` of [T,N,I] in the first recurrent layer.
std::string name_in_layer(const Graph& g, std::int64_t axis) {
  for (NodeId id : g.order()) {
    const Node& n = g.node(id);
    if (!ops::is_recurrent(n)) continue;
    const TensorType& x = g.value(n.inputs[ops::recurrent_input::X]).type;
    const ops::RecurrentForm form = ops::recurrent_form(n);
    if (x.ranked())
      for (std::size_t d = 0; d < 2; ++d)
        if (form.x_perm[d] == axis && !(*x.shape)[d].symbol.empty()) return (*x.shape)[d].symbol;
  }
  return "";
}

int axis_named(const TensorType& type, const std::string& name) {
  if (!type.ranked() || name.empty()) return -1;
  const auto at = std::ranges::find(*type.shape, name, &Dim::symbol);
  return at == type.shape->end() ? -1 : static_cast<int>(at - type.shape->begin());
}

Axes axes_named_in_layer(const Graph& graph, std::int64_t axis) {
  Axes axes{std::vector<int>(graph.inputs.size(), -1), std::vector<int>(graph.outputs.size(), -1)};
  try {
    const Graph g = with_named_dims(graph);
    const std::string name = name_in_layer(g, axis);
    for (std::size_t i = 0; i < g.inputs.size(); ++i) axes.inputs[i] = axis_named(g.value(g.inputs[i]).type, name);
    for (std::size_t i = 0; i < g.outputs.size(); ++i) axes.outputs[i] = axis_named(g.value(g.outputs[i]).type, name);
  } catch (const Error&) {  // dims that no run could have: nothing is known of them
  }
  return axes;
}

}  // namespace

Axes time_axes(const Graph& graph) { return axes_named_in_layer(graph, 0); }
Axes batch_axes(const Graph& graph) { return axes_named_in_layer(graph, 1); }

}  // namespace rondo
