#include "importers/onnx/newer_fields.h"

#include <google/protobuf/unknown_field_set.h>

#include "rondo/error.h"

namespace rondo::importer {
namespace {

template <class F>
void for_each_blob(const google::protobuf::UnknownFieldSet& fields, int number, F&& f) {
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      f(field.length_delimited());
  }
}

template <class Message>
std::string text_field(const Message& message, int number) {
  std::string text;
  for_each_blob(message.unknown_fields(), number, [&](const std::string& bytes) { text = bytes; });
  return text;
}

}  // namespace

std::string overload_of(const onnx::NodeProto& node) { return text_field(node, 8); }
std::string overload_of(const onnx::FunctionProto& function) { return text_field(function, 13); }

bool configures_devices(const onnx::ModelProto& model) {
  bool found = false;
  for_each_blob(model.unknown_fields(), 26, [&](const std::string&) { found = true; });
  return found;
}

std::vector<onnx::AttributeProto> attribute_defaults(const onnx::FunctionProto& function) {
  std::vector<onnx::AttributeProto> defaults;
  for_each_blob(function.unknown_fields(), 11, [&](const std::string& bytes) {
    if (!defaults.emplace_back().ParseFromString(bytes))
      throw Error(ErrorCode::model, "function '" + function.name() + "' has a damaged attribute default");
  });
  return defaults;
}

}  // namespace rondo::importer
