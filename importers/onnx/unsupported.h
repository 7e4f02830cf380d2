// Finds every node of a model that Rondo cannot run before any of it is built, so that one error lists them all.
#pragma once

#include <onnx/onnx_pb.h>

#include "importers/onnx/functions.h"
#include "importers/onnx/source_node.h"

namespace rondo::importer {

// Looks at the graph, its subgraphs and the functions they call, each once, in the order of the file. Throws
// Error(unsupported) that names the first node and, in others(), every further one with its place and reason.
void reject_unsupported(const onnx::ModelProto& model, const Opsets& opsets, const FunctionLibrary& functions,
                        OpLookup lookup);

}  // namespace rondo::importer
