#include "passes/named_dims.h"

#include <fmt/format.h>

#include "ops/recurrent.h"
#include "passes/passes.h"

namespace rondo {

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

}  // namespace rondo
