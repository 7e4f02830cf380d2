// Which values of a graph a change of some values reaches, and which ones reach some values, through floating-point
// values alone and into the graphs that nodes hold. For differentiate.
#pragma once

#include <vector>

#include "autodiff/bodies.h"
#include "ir/graph.h"

namespace rondo::autodiff {

using ValueSet = std::vector<bool>;  // by value index

inline bool holds(const ValueSet& set, ValueId id) noexcept { return id != kNone && set[Graph::index(id)]; }
ValueSet set_of(const Graph& graph, const std::vector<ValueId>& ids);

// The members of `from` and everything they influence.
ValueSet influenced(const Graph& graph, ValueSet from);
// The members of `to` and everything that influences them.
ValueSet influencing(const Graph& graph, ValueSet to);

// The same two inside a graph that a node holds, given what holds of the values around it: a state that an iteration
// changes is given to the next one.
ValueSet influenced_within(const Body& body, const Node& node, const ValueSet& outside);
ValueSet influencing_within(const Body& body, const Node& node, const ValueSet& outside);

}  // namespace rondo::autodiff
