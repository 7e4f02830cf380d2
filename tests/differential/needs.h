// What of a graph its outputs need: for the interpreter, which like the engine computes nothing else.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace rondo::differential {

// A capture that no output of a held graph needs is not needed either.
struct Needs {
  std::vector<bool> values;   // by index
  std::vector<NodeId> nodes;  // that make them, in the order of the graph

  bool has(ValueId v) const { return v != kNone && values[Graph::index(v)]; }
};

// What is needed for its elements, or as well what is needed for its shape or type alone.
enum class Use { elements, any };
Needs needs_of(const Graph& graph, Use use = Use::any);

// The names of the nodes, those in held graphs included, whose elements the outputs need. An engine that knows shapes
// beforehand need not run any other, and does not see what is wrong with its inputs.
std::set<std::string> nodes_that_must_run(const Graph& graph);

}  // namespace rondo::differential
