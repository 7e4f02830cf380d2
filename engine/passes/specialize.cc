#include <memory>

#include "passes/passes.h"

namespace rondo {

Graph specialize(const Graph& graph, std::span<const TensorView> inputs) {
  Graph out = graph;
  for (NodeId id : out.order())
    for (ValueId made : out.node(id).outputs)
      if (made != kNone) out.value(made).type.shape.reset();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Value& value = out.value(out.inputs[i]);
    value.type = concrete_type(inputs[i].dtype, inputs[i].shape);
    if (inputs[i].data != nullptr) value.constant = std::make_shared<Tensor>(inputs[i]);
  }
  FoldLimits limits;
  do limits.bytes_in_all -= fold_constants(out, limits, ErrorCode::data);
  while (inline_branches(out));
  return out;
}

}  // namespace rondo
