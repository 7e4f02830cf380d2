// What a gradient rule works with: one node of a graph, the gradients of its outputs, and the means to emit nodes
// behind everything the graph already holds. A rule knows ranks and element types, not sizes: it emits nodes whose
// shapes follow at run time from those of the values they read, so a graph is differentiated once for all shapes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace rondo {

class GradientContext {
 public:
  // grad_outputs: by output of the node; kNone where nothing that is differentiated depends on it, which means zero.
  // wanted: by input; whether its gradient is asked for.
  GradientContext(Graph& graph, NodeId node, std::span<const ValueId> grad_outputs, std::vector<bool> wanted);

  // A copy, since emitting nodes moves those of the graph.
  const Node& node() const noexcept { return node_; }
  Graph& graph() noexcept { return graph_; }
  bool has(std::size_t i) const noexcept { return i < node_.inputs.size() && node_.inputs[i] != kNone; }
  ValueId input(std::size_t i) const noexcept { return has(i) ? node_.inputs[i] : kNone; }
  ValueId output(std::size_t i) const noexcept { return i < node_.outputs.size() ? node_.outputs[i] : kNone; }
  const TensorType& type(ValueId value) const { return graph_.value(value).type; }
  ValueId grad_output(std::size_t i = 0) const noexcept { return i < grad_outputs_.size() ? grad_outputs_[i] : kNone; }
  bool wants(std::size_t i) const noexcept { return i < wanted_.size() && wanted_[i]; }

  // Appends a node with one output and gives that output; or with `num_outputs`, all of which exist.
  ValueId emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes = {});
  std::vector<ValueId> emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes,
                            std::size_t num_outputs);
  // A one-dimensional int64 constant, for inputs such as axes; and a number of the element type `dtype`, a scalar.
  ValueId integers(std::vector<std::int64_t> elements);
  ValueId number(double value, DType dtype);

  // The gradient of input i, of that input's type and shape. Not set, though wanted: zero.
  void set(std::size_t i, ValueId grad);
  const std::vector<ValueId>& grad_inputs() const noexcept { return grad_inputs_; }

  // Error(unsupported) that names the node: why it cannot be differentiated, where that depends on its attributes.
  Error error(std::string what) const;

 private:
  std::string fresh(std::string_view what) const;

  Graph& graph_;
  Node node_;
  std::vector<ValueId> grad_outputs_;
  std::vector<bool> wanted_;
  std::vector<ValueId> grad_inputs_;
};

}  // namespace rondo
