// From a graph to the plan for one set of input shapes: the compile pipeline, on one page.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/plan.h"
#include "runtime/program.h"
#include "runtime/stages.h"

namespace rondo {

// Rewrites that hold for every shape, once at load. memory: bytes that folded constants may take.
void simplify(Graph& graph, std::int64_t memory);

// What a graph becomes for inputs of given types and shapes. Where a shape follows from computed data, the plan ends
// there: the late nodes run once its values are known, and the rest is a program of its own, whose inputs then have
// shapes.
struct Prepared {
  struct Input {
    DType dtype;
    std::vector<std::int64_t> shape;
  };
  std::vector<Input> inputs;
  std::shared_ptr<const Plan> plan;
  std::vector<LateNode> late;
  std::unique_ptr<Program> rest;           // null when nothing is left
  std::vector<Source> rest_inputs;         // of the rest's inputs
  std::vector<Source> outputs;             // of the graph's outputs; empty when they are the plan's
  std::vector<TensorType> output_types{};  // of the graph's outputs, as far as known before a run

  bool is_staged() const noexcept { return !late.empty(); }
  bool fits(std::span<const TensorView> views) const noexcept;
};

// Throws Error(data) for inputs that break a shape rule.
std::shared_ptr<const Prepared> prepare(const Graph& graph, std::span<const TensorView> inputs,
                                        const Environment& environment);

}  // namespace rondo
