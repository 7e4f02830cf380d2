// The parts of a Loop, for its shape rule, the passes and the runtime.
//   inputs:       M, cond, N states            outputs:       N final states, K scans
//   body inputs:  iteration, cond, N states    body outputs:  cond, N states, K values to be stacked
#pragma once

#include <optional>

#include "ir/graph.h"

namespace rondo::ops {

struct LoopParts {
  std::size_t states = 0, scans = 0;
  explicit LoopParts(const Node& node);
};

// Whether the body hands its own condition on, or makes it true: then nothing but M ends the loop. Asks for the value
// of no input.
bool body_never_stops(const Graph& body);

}  // namespace rondo::ops
