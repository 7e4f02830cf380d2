#include "importers/onnx/source_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/half.h"
#include "ops/recurrent.h"

namespace rondo::importer {
namespace {

Tensor scalar_tensor(DType dtype, double value) {
  Tensor t(dtype, {});
  switch (dtype) {
    case DType::float64:
      *t.values<double>().data() = value;
      break;
    case DType::float16:
      *t.values<Float16>().data() = to_float16(static_cast<float>(value));
      break;
    case DType::bfloat16:
      *t.values<BFloat16>().data() = to_bfloat16(static_cast<float>(value));
      break;
    case DType::int32:
      *t.values<std::int32_t>().data() = static_cast<std::int32_t>(value);
      break;
    case DType::int64:
      *t.values<std::int64_t>().data() = static_cast<std::int64_t>(value);
      break;
    default:
      *t.values<float>().data() = static_cast<float>(value);
      break;
  }
  return t;
}

bool has_scalar(DType t) { return is_floating(t) || t == DType::int32 || t == DType::int64; }

}  // namespace

void SourceNode::drop(std::string_view attribute) {
  std::erase_if(attributes, [&](const Attribute& a) { return a.name == attribute; });
}

void SourceNode::set(std::string_view attribute, AttrValue value) {
  drop(attribute);
  attributes.push_back({std::string(attribute), std::move(value)});
}

void SourceNode::expect_inputs_at_most(std::size_t count) const {
  if (inputs.size() - num_captures > count)
    throw error("too many inputs for this opset")
        .got(std::to_string(inputs.size()))
        .expected(fmt::format("at most {} with opset {}", count, opset))
        .fix("export the model again, stating the opset its nodes are written for");
}

void SourceNode::set_input(std::size_t i, ValueId value) {
  if (inputs.size() <= i) inputs.resize(i + 1, kNone);
  inputs[i] = value;
}

Error SourceNode::error(std::string what, ErrorCode code) const {
  return Error(code, std::move(what)).at_node(name, op_type, index, graph);
}

Error SourceNode::attribute_error(std::string_view attribute, std::string what, ErrorCode code) const {
  return error(std::move(what), code).at_attribute(std::string(attribute));
}

Error SourceNode::wrong_kind(std::string_view attribute, AttrKind got, AttrKind expected) const {
  return attribute_error(attribute, "attribute of the wrong kind")
      .got(std::string(name_of(got)))
      .expected(std::string(name_of(expected)));
}

const OpDef& Emitter::op(const SourceNode& from, std::string_view domain, std::string_view op_type) const {
  if (const OpDef* def = lookup_(domain, op_type)) return *def;
  throw from.error(fmt::format("operator {} is not supported", op_type), ErrorCode::unsupported);
}

void Emitter::emit(SourceNode node) {
  const OpDef& def = op(node, node.domain, node.op_type);
  for (const Attribute& a : node.attributes)
    if (const AttrDef* known = def.find_attribute(a.name); known != nullptr && known->internal)
      throw node.attribute_error(a.name, "unknown attribute").fix("remove it");
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (ops::is_workspace(def, i))
      throw node.error("too many outputs")
          .got(std::to_string(node.outputs.size()))
          .expected(fmt::format("at most {}", i));
  try {
    graph_.add_node(def, node.name, std::move(node.attributes), std::move(node.inputs), std::move(node.outputs),
                    node.num_captures);
  } catch (Error& e) {
    throw e.at_node(node.name, node.op_type, node.index, node.graph);
  }
}

ValueId Emitter::helper(const SourceNode& from, std::string_view op_type, std::vector<ValueId> inputs,
                        Attributes attributes) {
  const OpDef& def = op(from, "", op_type);
  const std::string wanted = (from.name.empty() ? from.op_type : from.name) + "/" + std::string(op_type);
  const std::string out = names_.fresh(wanted);
  try {
    const NodeId id = graph_.add_node(def, out, std::move(attributes), std::move(inputs), {out});
    return graph_.node(id).outputs[0];
  } catch (Error& e) {
    throw e.at_node(from.name, from.op_type, from.index, from.graph);
  }
}

ValueId Emitter::constant(const SourceNode& from, std::string_view what, Tensor tensor) {
  const std::string wanted = (from.name.empty() ? from.op_type : from.name) + "/" + std::string(what);
  return graph_.add_constant(names_.fresh(wanted), std::make_shared<const Tensor>(std::move(tensor)));
}

ValueId Emitter::integers(const SourceNode& from, std::string_view what, const std::vector<std::int64_t>& values) {
  return constant(from, what,
                  Tensor::of<std::int64_t>(DType::int64, {static_cast<std::int64_t>(values.size())}, values));
}

ValueId Emitter::integer(const SourceNode& from, std::string_view what, std::int64_t value) {
  return constant(from, what, Tensor::of<std::int64_t>(DType::int64, {}, std::span(&value, 1)));
}

ValueId Emitter::scalar(const SourceNode& from, std::string_view what, DType dtype, double value) {
  if (!has_scalar(dtype))
    throw from.error(fmt::format("{} cannot be a {} with opset {}", what, name_of(dtype), from.opset));
  return constant(from, what, scalar_tensor(dtype, value));
}

std::int64_t Emitter::rank(const SourceNode& from, std::size_t input) const {
  if (!from.has_input(input)) throw from.error(fmt::format("required input {} is absent", input));
  const TensorType& t = type(from.inputs[input]);
  if (t.ranked()) return t.rank();
  throw from
      .error(fmt::format("the rank of input {} must be known to read this form of the operator", input),
             ErrorCode::unsupported)
      .fix("export the model with a newer opset");
}

}  // namespace rondo::importer
