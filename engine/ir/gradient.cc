#include "ir/gradient.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/half.h"

namespace rondo {
namespace {

void write(Tensor& scalar, double value) {
  switch (scalar.dtype()) {
    case DType::float64:
      *static_cast<double*>(scalar.data()) = value;
      return;
    case DType::float32:
      *static_cast<float*>(scalar.data()) = static_cast<float>(value);
      return;
    case DType::float16:
      *static_cast<Float16*>(scalar.data()) = to_float16(static_cast<float>(value));
      return;
    case DType::bfloat16:
      *static_cast<BFloat16*>(scalar.data()) = to_bfloat16(static_cast<float>(value));
      return;
    case DType::int32:
      *static_cast<std::int32_t*>(scalar.data()) = static_cast<std::int32_t>(value);
      return;
    case DType::int64:
      *static_cast<std::int64_t*>(scalar.data()) = static_cast<std::int64_t>(value);
      return;
    default:
      throw std::logic_error("a gradient rule asks for a number of type " + std::string(name_of(scalar.dtype())));
  }
}

// What is known of either; nullopt when they contradict each other.
std::optional<TensorType> both(const TensorType& a, const TensorType& b) {
  if (a.dtype != b.dtype) return std::nullopt;
  if (!a.ranked() || !b.ranked()) return a.ranked() ? a : b;
  if (a.rank() != b.rank()) return std::nullopt;
  TensorType out = a;
  for (std::size_t d = 0; d < out.shape->size(); ++d) {
    if (!may_equal((*a.shape)[d], (*b.shape)[d])) return std::nullopt;
    (*out.shape)[d] = more_specific((*a.shape)[d], (*b.shape)[d]);
  }
  return out;
}

}  // namespace

GradientContext::GradientContext(Graph& graph, NodeId node, std::span<const ValueId> grad_outputs,
                                 std::vector<bool> wanted)
    : graph_(graph),
      id_(node),
      node_(graph.node(node)),
      grad_outputs_(grad_outputs.begin(), grad_outputs.end()),
      wanted_(std::move(wanted)),
      grad_inputs_(node_.inputs.size(), kNone) {}

ValueId GradientContext::emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes) {
  return emit(op, std::move(inputs), std::move(attributes), 1).front();
}

std::vector<ValueId> GradientContext::emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes,
                                           std::size_t num_outputs) {
  return emit(op, std::move(inputs), std::move(attributes), std::vector<bool>(num_outputs, true));
}

std::vector<ValueId> GradientContext::emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes,
                                           const std::vector<bool>& present) {
  std::vector<std::string> names;
  for (const bool made : present) names.push_back(made ? fresh(op.name) : std::string());
  const NodeId node = graph_.add_node(op, node_.name + ".gradient", std::move(attributes), std::move(inputs), names);
  return graph_.node(node).outputs;
}

ValueId GradientContext::integers(std::vector<std::int64_t> elements) {
  const auto count = static_cast<std::int64_t>(elements.size());
  return graph_.add_constant(fresh("integers"),
                             std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {count}, elements)));
}

ValueId GradientContext::number(double value, DType dtype) {
  auto scalar = std::make_shared<Tensor>(dtype, std::vector<std::int64_t>{});
  write(*scalar, value);
  return graph_.add_constant(fresh("number"), std::move(scalar));
}

std::int64_t GradientContext::integer(std::string_view attribute) const {
  return std::get<std::int64_t>(*find(attribute));
}
double GradientContext::real(std::string_view attribute) const {
  return static_cast<double>(std::get<float>(*find(attribute)));
}
const std::string& GradientContext::text(std::string_view attribute) const {
  return std::get<std::string>(*find(attribute));
}
const AttrValue* GradientContext::find(std::string_view attribute) const noexcept {
  return find_attribute(node_.attributes, attribute);
}

std::int64_t GradientContext::rank(ValueId value) const {
  if (type(value).ranked()) return type(value).rank();
  throw error(
      fmt::format("the number of dims of '{}' is not known, and its gradient depends on it", graph_.value(value).name))
      .fix("state the shapes of the model's inputs");
}

void GradientContext::set(std::size_t i, ValueId grad) {
  grad_inputs_[i] = grad;
  Value& value = graph_.value(grad);
  const auto known = both(value.type, type(node_.inputs[i]));
  if (!known)
    throw std::logic_error(fmt::format("the gradient of input {} of '{}' ({}) has type {} where the input has {}", i,
                                       node_.name, node_.op->name, to_string(value.type),
                                       to_string(type(node_.inputs[i]))));
  if (value.producer != kNoNode) value.type = *known;
}

Error GradientContext::error(std::string what) const {
  Error error(ErrorCode::unsupported, std::move(what));
  error.at_node(node_.name, node_.op->name, -1, graph_.name);
  return error;
}

// Numbered within the node, so that a name is free as a rule and found at once.
std::string GradientContext::fresh(std::string_view what) {
  const auto named = std::ranges::find_if(node_.outputs, [](ValueId v) { return v != kNone; });
  const bool unnamed = node_.name.empty() && named != node_.outputs.end();
  const std::string& owner = unnamed ? graph_.value(*named).name : node_.name;
  return graph_.fresh_name(fmt::format("{}.gradient.{}.{}", owner, what, made_++));
}

}  // namespace rondo
