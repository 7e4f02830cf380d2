// A random graph with inputs to run it on. A seed gives the same graph again while the operators and the rules are
// the same.
#pragma once

#include <cstdint>
#include <optional>

#include "differential/interpreter.h"

namespace rondo::differential {

struct DrawnGraph {
  Graph graph;
  Values inputs;
};

DrawnGraph draw_graph(std::uint64_t seed);

// The elements of the floating inputs in another order; what may be an index or a size stays.
Values other_inputs(const Values& inputs, std::uint64_t seed);

// Inputs of another size in one dim that the graph leaves open, and in all dims of the same symbol; elements are some
// of those that were there. Nothing where every dim is a number.
std::optional<Values> resized_inputs(const DrawnGraph& drawn, std::uint64_t seed);

}  // namespace rondo::differential
