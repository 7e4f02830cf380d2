// Graphs for the nodes that a backward pass appends: copies of bodies that read more of what is around them.
#pragma once

#include <string>
#include <vector>

#include "ir/gradient.h"

namespace rondo::autodiff {

// A copy of a body of `node`. It may read any value of the graph around it; `captured`, which bodies of one new node
// share, lists those values in the order of that node's trailing inputs.
class BodyBuilder {
 public:
  BodyBuilder(const Graph& outer, const Node& node, const Graph& body, std::vector<ValueId>& captured);

  Graph& graph() noexcept { return graph_; }
  // The inner value that stands for an outer one.
  ValueId capture(ValueId outer);
  // A new input of that type.
  ValueId add_input(const std::string& name, TensorType type);
  // The graph without what its outputs do not need, when the new node has so many captures in all.
  GraphPtr finish(std::size_t num_captured);

 private:
  std::size_t free_place(ValueId outer);

  const Graph& outer_;
  std::vector<ValueId>& captured_;
  Graph graph_;
};

// Zeros of the type and shape of a value, ones for the other.
ValueId zeros_like(Graph& graph, ValueId value);
ValueId ones_like(Graph& graph, ValueId value);

// Appends a node that holds graphs.
std::vector<ValueId> emit_with_captures(GradientContext& ctx, const OpDef& op, std::vector<ValueId> inputs,
                                        const std::vector<ValueId>& captured, Attributes attributes,
                                        std::size_t num_outputs);

}  // namespace rondo::autodiff
