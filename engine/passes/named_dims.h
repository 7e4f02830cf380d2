// Dims followed as symbols from the inputs of a graph to its recurrent layers and outputs.
#pragma once

#include <string>

#include "ir/graph.h"

namespace rondo {

// A copy in which every open dim of an input has a name, those that shared one still do, and shapes follow from the
// inputs alone. Throws Error(model) for dims that no run could have.
Graph with_named_dims(const Graph& graph);

// The name of the dim that is axis `axis` of [T,N,I] in the first recurrent layer; "" when there is none.
std::string name_in_layer(const Graph& graph, std::int64_t axis);

}  // namespace rondo
