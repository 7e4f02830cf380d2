// A Reshape to known dims, for passes that replace a node by a view.
#pragma once

#include "ir/graph.h"

namespace rondo {

// Appends Reshape(input) whose output is named `output_name`, and the constant it needs. Gives the output.
ValueId add_reshape(Graph& graph, ValueId input, std::span<const std::int64_t> dims, const std::string& node_name,
                    const std::string& output_name);

}  // namespace rondo
