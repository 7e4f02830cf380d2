#include "ir/gradient.h"

#include <utility>

#include "ir/real_tensor.h"

namespace rondo {

GradientContext::GradientContext(Graph& graph, NodeId node, std::span<const ValueId> grad_outputs,
                                 std::vector<bool> wanted)
    : graph_(graph),
      node_(graph.node(node)),
      grad_outputs_(grad_outputs.begin(), grad_outputs.end()),
      wanted_(std::move(wanted)),
      grad_inputs_(node_.inputs.size(), kNone) {}

ValueId GradientContext::emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes) {
  return emit(op, std::move(inputs), std::move(attributes), 1).front();
}

std::vector<ValueId> GradientContext::emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes,
                                           std::size_t num_outputs) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < num_outputs; ++i) names.push_back(fresh(std::to_string(i)));
  const NodeId made = graph_.add_node(op, node_.name + ".gradient", std::move(attributes), std::move(inputs), names);
  return graph_.node(made).outputs;
}

ValueId GradientContext::integers(std::vector<std::int64_t> elements) {
  const auto count = static_cast<std::int64_t>(elements.size());
  return graph_.add_constant(fresh("integers"),
                             std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {count}, elements)));
}

ValueId GradientContext::number(double value, DType dtype) {
  return graph_.add_constant(fresh("number"), make_real(dtype, {}, [value](std::int64_t) { return value; }));
}

void GradientContext::set(std::size_t i, ValueId grad) { grad_inputs_[i] = grad; }

Error GradientContext::error(std::string what) const {
  Error error(ErrorCode::unsupported, std::move(what));
  error.at_node(node_.name, node_.op->name, -1, graph_.name);
  return error;
}

std::string GradientContext::fresh(std::string_view what) const {
  return graph_.fresh_name(node_.name + ".gradient." + std::string(what));
}

}  // namespace rondo
