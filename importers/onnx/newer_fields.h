// Fields of ONNX messages that are newer than the installed protobuf classes and therefore arrive as unknown fields.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace rondo::importer {

std::string overload_of(const onnx::NodeProto& node);          // field 8, IR version 10
std::string overload_of(const onnx::FunctionProto& function);  // field 13, IR version 10
// Which devices nodes should run on: field 26, IR version 11.
bool configures_devices(const onnx::ModelProto& model);
// Attributes of a function that have defaults: field 11, IR version 9. Throws Error(model) when one does not parse.
std::vector<onnx::AttributeProto> attribute_defaults(const onnx::FunctionProto& function);

}  // namespace rondo::importer
