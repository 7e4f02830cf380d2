// Which opset a graph must be written with. Used by the exporter.
#pragma once

#include <cstdint>

#include "ir/graph.h"

namespace rondo::exporter {

// The smallest opset that has every operator and attribute of the graph and its subgraphs, and is at least `least`.
std::int64_t opset_for(const Graph& graph, std::int64_t least);

// The IR version that came with an opset.
std::int64_t ir_version_for(std::int64_t opset) noexcept;

// False when the attribute says only what the operator does without it, so that it need not be written.
bool worth_writing(const Node& node, const Attribute& attribute);

}  // namespace rondo::exporter
