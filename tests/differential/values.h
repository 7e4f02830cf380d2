// Tensors at hand: those of a graph, of the inputs or outputs of a node.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace rondo::differential {

using Values = std::vector<TensorPtr>;  // null: absent

}  // namespace rondo::differential
