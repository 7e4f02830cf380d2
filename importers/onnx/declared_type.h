// Types that a file declares for values: of graph inputs, where they are the truth, and of others, where inference
// knows better and they only fill gaps. Used by the graph builder.
#pragma once

#include <onnx/onnx_pb.h>

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "ir/graph.h"

namespace rondo::importer {

// The declared type of a tensor. nullopt when none is declared. Throws Error(model) for a negative dim or an unknown
// element type, Error(unsupported) for sequences, maps, optionals and element types Rondo lacks. owner starts messages.
std::optional<TensorType> declared_type(const onnx::ValueInfoProto& info, const std::string& owner);

// Holds an initializer against what the graph input of its name declares. symbols: the sizes that dims with a name have
// in this graph so far. Throws Error(model) when element types or shapes differ, or a name has two sizes.
void check_initializer(const std::string& name, const TensorType& held, const TensorType& declared,
                       std::unordered_map<std::string, std::int64_t>& symbols);

// Fills what inference left unknown of the value. Contradictions are reported through warn, and inference wins.
void fill_from_declaration(Graph& graph, ValueId id, const TensorType& declared,
                           const std::function<void(std::string)>& warn);

}  // namespace rondo::importer
