// Attributes of nodes as the file states them become attributes of the IR. Used by the graph builder.
#pragma once

#include <onnx/onnx_pb.h>

#include <functional>

#include "importers/onnx/source_node.h"
#include "importers/onnx/tensor_reader.h"

namespace rondo::importer {

struct AttributeSources {
  TensorReader& tensors;
  // The attributes of the call whose function body is being read, by which ref_attr_name is resolved; null outside
  // functions, where a reference is an error.
  const Attributes* call = nullptr;
  // Builds a subgraph; called for attributes that hold one.
  std::function<GraphPtr(const onnx::AttributeProto&)> subgraph;
};

// One attribute; nullopt for a reference to an attribute the call does not give. Throws Error(model) when the attribute
// has no or several values, a value of another kind than it states, or both a value and a reference; Error(unsupported)
// for kinds the IR does not have. Errors name node and attribute.
std::optional<Attribute> read_attribute(const onnx::AttributeProto& proto, const SourceNode& node,
                                        const AttributeSources& sources);

}  // namespace rondo::importer
