// What a gradient rule works with: one node of a graph, the gradients of its outputs, and the means to emit nodes
// behind everything the graph already holds. A rule knows ranks and element types, not sizes: it emits nodes whose
// shapes follow at run time from those of the values they read, so a graph is differentiated once for all shapes.
#pragma once

#include <cstdint>
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
  NodeId node_id() const noexcept { return id_; }
  Graph& graph() noexcept { return graph_; }
  bool has(std::size_t i) const noexcept { return i < node_.inputs.size() && node_.inputs[i] != kNone; }
  ValueId input(std::size_t i) const noexcept { return has(i) ? node_.inputs[i] : kNone; }
  ValueId output(std::size_t i) const noexcept { return i < node_.outputs.size() ? node_.outputs[i] : kNone; }
  const TensorType& type(ValueId value) const { return graph_.value(value).type; }
  ValueId grad_output(std::size_t i = 0) const noexcept { return i < grad_outputs_.size() ? grad_outputs_[i] : kNone; }
  bool wants(std::size_t i) const noexcept { return i < wanted_.size() && wanted_[i]; }

  // Attributes of the node, which must be there; find: null when there is none of that name.
  std::int64_t integer(std::string_view attribute) const;
  double real(std::string_view attribute) const;
  const std::string& text(std::string_view attribute) const;
  const AttrValue* find(std::string_view attribute) const noexcept;
  // The number of dims of a value. Throws error(...) where not even that is known.
  std::int64_t rank(ValueId value) const;

  // Appends a node with one output and gives that output; or with `num_outputs`, all of which exist; or with those that
  // `present` says, the others being kNone.
  ValueId emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes = {});
  std::vector<ValueId> emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes,
                            std::size_t num_outputs);
  std::vector<ValueId> emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes,
                            const std::vector<bool>& present);
  // A one-dimensional int64 constant, for inputs such as axes; and a number of the element type `dtype`, a scalar:
  // floats of every width, int32, int64.
  ValueId integers(std::vector<std::int64_t> elements);
  ValueId number(double value, DType dtype);

  // The gradient of input i, of that input's type and shape; what is known of the input's shape is then known of the
  // gradient's. Not set, though wanted: zero. Throws std::logic_error for a type that cannot be the input's.
  void set(std::size_t i, ValueId grad);
  const std::vector<ValueId>& grad_inputs() const noexcept { return grad_inputs_; }

  // Error(unsupported) that names the node: why it cannot be differentiated, where that depends on its attributes.
  Error error(std::string what) const;

 private:
  std::string fresh(std::string_view what);

  Graph& graph_;
  NodeId id_;
  Node node_;
  std::size_t made_ = 0;  // values so far, which number their names
  std::vector<ValueId> grad_outputs_;
  std::vector<bool> wanted_;
  std::vector<ValueId> grad_inputs_;
};

}  // namespace rondo
