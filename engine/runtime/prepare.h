// From a loaded graph to the plan for one set of input shapes: the compile pipeline, on one page.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace rondo {

// Rewrites that hold for every shape, once at load.
void simplify(Graph& graph);

// A plan and what it holds for: the inputs' types and shapes, and the elements of those that decide shapes.
struct Prepared {
  struct Input {
    DType dtype;
    std::vector<std::int64_t> shape;
    std::optional<Tensor> value;
  };
  std::vector<Input> inputs;
  std::shared_ptr<const Plan> plan;

  bool fits(std::span<const TensorView> views) const noexcept;
};

// decides_shapes[i]: the elements of input i decide shapes; it grows as shape rules ask for values that only an input
// can give. Throws Error(data) for inputs that break a shape rule, Error(unsupported) when a shape depends on computed
// data.
std::shared_ptr<const Prepared> prepare(const Graph& graph, std::span<const TensorView> inputs,
                                        std::vector<bool>& decides_shapes, const LoweringOptions& options,
                                        WeightCache& weights);

}  // namespace rondo
