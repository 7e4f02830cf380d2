// The functions that a model defines itself, by identity. Used while importing; the graph builder inlines them.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "importers/onnx/opsets.h"

namespace rondo::importer {

struct Function {
  const onnx::FunctionProto* proto;
  Opsets opsets;
  std::vector<onnx::AttributeProto> defaults;

  bool takes(const std::string& attribute) const;
};

class FunctionLibrary {
 public:
  // Throws Error(model) for two functions of one identity (domain, name, overload), and what Opsets throws.
  explicit FunctionLibrary(const onnx::ModelProto& model);

  // The function that a node calls; null when it names an operator.
  const Function* called_by(const onnx::NodeProto& node) const;

 private:
  std::unordered_map<std::string, Function> functions_;
};

}  // namespace rondo::importer
