#include <algorithm>

#include "passes/named_dims.h"
#include "passes/states.h"

namespace rondo {
namespace {

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
