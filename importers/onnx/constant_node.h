// Constant nodes: every form of their one attribute as a tensor. Used by the graph builder.
#pragma once

#include "importers/onnx/source_node.h"

namespace rondo::importer {

// Throws Error(model) unless the node has exactly one attribute, of a form its opset has; Error(unsupported) for
// strings and sparse tensors.
TensorPtr constant_of(const SourceNode& node);

}  // namespace rondo::importer
