#include "importers/onnx/constant_node.h"

#include <fmt/format.h>

#include <algorithm>

namespace rondo::importer {
namespace {

template <class T>
TensorPtr scalar(DType dtype, const AttrValue& value) {
  return std::make_shared<const Tensor>(Tensor::of<T>(dtype, {}, std::span(&std::get<T>(value), 1)));
}
template <class T>
TensorPtr list(DType dtype, const AttrValue& value) {
  const auto& items = std::get<std::vector<T>>(value);
  return std::make_shared<const Tensor>(Tensor::of<T>(dtype, {static_cast<std::int64_t>(items.size())}, items));
}

struct Form {
  std::string_view attribute;
  AttrKind kind;
  std::int64_t since;
  TensorPtr (*tensor)(const AttrValue&);  // null: not supported
};
const Form kForms[] = {
    {"value", AttrKind::tensor, 1, [](const AttrValue& v) { return std::get<TensorPtr>(v); }},
    {"value_float", AttrKind::real, 12, [](const AttrValue& v) { return scalar<float>(DType::float32, v); }},
    {"value_floats", AttrKind::reals, 12, [](const AttrValue& v) { return list<float>(DType::float32, v); }},
    {"value_int", AttrKind::integer, 12, [](const AttrValue& v) { return scalar<std::int64_t>(DType::int64, v); }},
    {"value_ints", AttrKind::integers, 12, [](const AttrValue& v) { return list<std::int64_t>(DType::int64, v); }},
    {"value_string", AttrKind::text, 12, nullptr},
    {"value_strings", AttrKind::texts, 12, nullptr},
};

}  // namespace

TensorPtr constant_of(const SourceNode& node) {
  if (!node.inputs.empty()) throw node.error("a Constant takes no inputs");
  if (node.outputs.size() != 1 || !node.has_output(0)) throw node.error("a Constant has one output");
  if (node.attributes.size() != 1)
    throw node.error("a Constant has exactly one attribute").got(std::to_string(node.attributes.size()));
  const auto& [name, value] = node.attributes[0];
  const auto form = std::ranges::find(kForms, std::string_view(name), &Form::attribute);
  if (form == std::end(kForms)) throw node.attribute_error(name, "unknown attribute").fix("remove it");
  if (form->kind != kind_of(value))
    throw node.attribute_error(name, "attribute of the wrong kind")
        .got(std::string(name_of(kind_of(value))))
        .expected(std::string(name_of(form->kind)));
  if (node.opset < form->since)
    throw node.attribute_error(name, fmt::format("Constant has this attribute only from opset {} on", form->since))
        .got(fmt::format("opset {}", node.opset));
  if (form->tensor == nullptr)
    throw node.attribute_error(name, "text tensors are not supported", ErrorCode::unsupported)
        .fix("export the model without text");
  return form->tensor(value);
}

}  // namespace rondo::importer
