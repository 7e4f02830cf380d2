// How passes reach into the graphs that If, Loop and Scan hold. Such a graph is shared and never changed in place: a
// pass changes a copy and gives the node that one.
#pragma once

#include <functional>

#include "ir/graph.h"

namespace rondo {

bool has_subgraphs(const Node& node) noexcept;

// Every graph the node holds is replaced by a copy that f has changed.
void rewrite_subgraphs(Node& node, const std::function<void(Graph&)>& f);

// The node's graphs learn what is known of the values they capture and take: types, and elements that are constant.
// What that makes constant in them is folded. A graph that contradicts it is left as it was: it may never run, and the
// error belongs to the run that takes it.
void specialize_subgraphs(Graph& graph, NodeId node);

// Captures that no graph of the node reads any more go.
void prune_captures(Graph& graph);

}  // namespace rondo
