// Cuts a graph where a shape depends on computed data: a head that can be planned, the nodes whose output shapes a run
// tells, and the rest, which waits for them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/step/step.h"
#include "ir/graph.h"

namespace rondo {

// Where a value comes from once the graph is cut.
struct Source {
  enum class From { absent, input, head, late, rest, constant };
  From from = From::absent;
  std::size_t index = 0;  // of the graph's input, the head's output, the late slot, the rest's output
  TensorPtr constant{};
};

// A node whose output shapes follow from the elements of its inputs, or from running the graphs it holds.
struct LateNode {
  Node node;
  std::int64_t node_index = 0;  // for errors
  std::vector<Source> inputs;
  std::size_t first_slot = 0;             // of its outputs among all late outputs
  std::shared_ptr<const Step> control{};  // If, Loop, Scan
};

struct Stages {
  Graph head;
  std::vector<LateNode> late;
  std::optional<Graph> rest;
  std::vector<Source> rest_inputs, outputs;
};

// The graph's shapes must be as concrete as they get. Without an open shape the head is the whole graph.
Stages cut_at_open_shapes(Graph graph);

}  // namespace rondo
