// Finds a short cycle in a directed graph that is known to have one. For the error that reports it.
#pragma once

#include <cstddef>
#include <vector>

namespace rondo::importer {

// edges[i]: the nodes that i points to. Nodes in the order of the cycle; a shortest one, unless the graph is so large
// that only some starts are tried. Empty when there is none.
std::vector<std::size_t> short_cycle(const std::vector<std::vector<std::size_t>>& edges);

}  // namespace rondo::importer
