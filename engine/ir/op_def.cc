#include "ir/op_def.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ir/graph.h"

namespace rondo {
namespace {

constexpr std::array<DType, 13> kEveryDType{
    DType::float32, DType::float64, DType::float16, DType::bfloat16, DType::int8,   DType::int16,  DType::int32,
    DType::int64,   DType::uint8,   DType::uint16,  DType::uint32,   DType::uint64, DType::boolean};

const PortDef* port_at(const std::vector<PortDef>& ports, std::size_t i) noexcept {
  if (i < ports.size()) return &ports[i];
  return !ports.empty() && ports.back().presence == Presence::variadic ? &ports.back() : nullptr;
}

template <class T>
const T& get_attribute(const Attributes& attributes, std::string_view name) {
  return std::get<T>(*find_attribute(attributes, name));
}

}  // namespace

std::string to_string(DTypeSet set) {
  std::string s;
  for (DType t : kEveryDType)
    if (set.contains(t)) s += (s.empty() ? "" : ", ") + std::string(name_of(t));
  return s;
}

const AttrDef* OpDef::find_attribute(std::string_view attribute) const noexcept {
  const auto it = std::ranges::find(attributes, attribute, &AttrDef::name);
  return it == attributes.end() ? nullptr : &*it;
}

const TypeDef& OpDef::type_of(const PortDef& port) const {
  return *std::ranges::find(types, port.type, &TypeDef::name);
}
const PortDef* OpDef::input_port(std::size_t i) const noexcept { return port_at(inputs, i); }
const PortDef* OpDef::output_port(std::size_t i) const noexcept { return port_at(outputs, i); }

InferContext::InferContext(const Node& node, std::int64_t node_index, std::string_view graph_name,
                           std::span<const Input> inputs, ErrorCode code)
    : node_(node),
      node_index_(node_index),
      graph_name_(graph_name),
      inputs_(inputs.first(inputs.size() - node.num_captures)),
      code_(code),
      outputs_(node.outputs.size()) {}

const TensorView* InferContext::value(std::size_t i) const {
  if (!has(i)) return nullptr;
  if (inputs_[i].value) return &*inputs_[i].value;
  wanted_.push_back(i);
  return nullptr;
}

std::optional<std::vector<std::int64_t>> InferContext::integers_of(std::size_t i) const {
  const bool is_empty = ranked(i) && std::ranges::find(shape(i), Dim(0)) != shape(i).end();
  if (is_empty) return std::vector<std::int64_t>{};
  const TensorView* v = value(i);
  if (v == nullptr) return std::nullopt;
  std::vector<std::int64_t> out(static_cast<std::size_t>(v->count()));
  if (v->dtype == DType::int64) {
    std::copy_n(v->as<std::int64_t>(), out.size(), out.begin());
  } else if (v->dtype == DType::int32) {
    std::copy_n(v->as<std::int32_t>(), out.size(), out.begin());
  } else {
    throw error(input_label(i) + " must hold integers").got(std::string(name_of(v->dtype))).expected("int64 or int32");
  }
  return out;
}

std::int64_t InferContext::integer(std::string_view a) const {
  return get_attribute<std::int64_t>(node_.attributes, a);
}
float InferContext::real(std::string_view a) const { return get_attribute<float>(node_.attributes, a); }
const std::string& InferContext::text(std::string_view a) const {
  return get_attribute<std::string>(node_.attributes, a);
}
const std::vector<std::int64_t>& InferContext::integers(std::string_view a) const {
  return get_attribute<std::vector<std::int64_t>>(node_.attributes, a);
}
const AttrValue* InferContext::find(std::string_view a) const noexcept { return find_attribute(node_.attributes, a); }

bool InferContext::wants(std::size_t i) const noexcept { return i < node_.outputs.size() && node_.outputs[i] != kNone; }

void InferContext::set(std::size_t i, TensorType type) {
  if (i < outputs_.size()) outputs_[i] = std::move(type);
}

Error InferContext::error(std::string what) const {
  return Error(code_, std::move(what)).at_node(node_.name, node_.op->name, node_index_, std::string(graph_name_));
}

Error InferContext::attribute_error(std::string_view attribute, std::string what) const {
  return error(std::move(what)).at_attribute(std::string(attribute));
}

std::string InferContext::input_label(std::size_t i) const {
  const PortDef* port = node_.op->input_port(i);
  return port == nullptr ? fmt::format("input {}", i) : port->name;
}

std::int64_t EvalContext::integer(std::string_view a) const { return get_attribute<std::int64_t>(node.attributes, a); }
float EvalContext::real(std::string_view a) const { return get_attribute<float>(node.attributes, a); }
const std::vector<std::int64_t>& EvalContext::integers(std::string_view a) const {
  return get_attribute<std::vector<std::int64_t>>(node.attributes, a);
}

Error EvalContext::error(std::string what) const {
  return Error(ErrorCode::data, std::move(what)).at_node(node.name, node.op->name, -1, "");
}

}  // namespace rondo
