// What If, Loop and Scan share: access to the graphs they hold, and the checks that tie a graph's inputs and outputs to
// the node's. Inputs of such a node are the operator's own, then the captured outer values.
#pragma once

#include "ir/graph.h"

namespace rondo::ops {

inline const Graph& subgraph(const InferContext& ctx, std::string_view attribute) {
  return *std::get<GraphPtr>(*ctx.find(attribute));
}

// The number of inputs before the captured ones.
inline std::size_t own_inputs(const Node& node) noexcept { return node.inputs.size() - node.num_captures; }

inline const TensorType& output_type(const Graph& graph, std::size_t i) { return graph.value(graph.outputs[i]).type; }

// Throws when the graph of that attribute has another number of inputs or outputs.
void check_arity(const InferContext& ctx, std::string_view attribute, std::size_t inputs, std::size_t outputs);

// Throws when two types that must agree have different element types; where: "output 1", "state 0".
void check_dtype(const InferContext& ctx, std::string_view attribute, const std::string& where, const TensorType& got,
                 DType expected);

// Input i when it must be one element (a condition, a trip count); throws for another shape.
void require_single(const InferContext& ctx, std::size_t i);

}  // namespace rondo::ops
