// A graph prepared for one set of input shapes: steps in order, and where every value of them lives. Immutable and
// shared between contexts; the memory it speaks of belongs to each context.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends/select.h"
#include "ir/graph.h"
#include "rondo/session.h"
#include "runtime/program.h"

namespace rondo {

// Where the bytes of a value are during a run.
struct Place {
  enum class In { nowhere, arena, input, output, constant };
  In in = In::nowhere;
  std::size_t index = 0;   // of the input or output
  std::size_t offset = 0;  // in the arena
  const void* data = nullptr;
};

struct PlanValue {
  DType dtype = DType::undefined;
  std::vector<std::int64_t> shape;
  Place place;
};

struct PlanStep {
  std::unique_ptr<Step> step;       // null: copy input 0 to output 0
  std::vector<std::size_t> inputs;  // indices into Plan::values; kAbsent for absent ones
  std::vector<std::size_t> outputs;
  std::size_t scratch_offset = 0;
  std::int64_t node_index = -1;  // for errors
  StepInfo info;
};

struct Plan {
  static constexpr std::size_t kAbsent = ~std::size_t{0};

  Graph graph;  // owns the constants
  std::vector<PlanValue> values;
  std::vector<PlanStep> steps;
  std::vector<std::size_t> inputs, outputs;  // indices into values
  std::size_t arena_bytes = 0;
};

// The graph must have concrete shapes throughout. Throws Error(limit) when its values need too much memory.
std::shared_ptr<const Plan> make_plan(Graph graph, const Environment& environment);

}  // namespace rondo
