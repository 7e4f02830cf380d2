// The late nodes of a graph at work in one run context: their shape rules run again with every value known, then their
// scalar references or the graphs they hold.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/growing_tensor.h"
#include "runtime/prepare.h"

namespace rondo {

class LateNodes {
 public:
  LateNodes(const std::vector<LateNode>& nodes, const Environment& environment, RunMeter& meter);

  // inputs: the graph's; head: the outputs of its head. Throws Error(data) that names the node.
  void run(std::span<const TensorView> inputs, std::span<const TensorView> head, std::string_view graph_name);

  // By slot; memory of this object or of what it runs, until the next run.
  const std::vector<TensorView>& results() const noexcept { return results_; }
  const std::vector<std::unique_ptr<StepState>>& states() const noexcept { return states_; }

 private:
  void run_node(const LateNode& late, std::size_t i, std::string_view graph_name);
  void evaluate(const LateNode& late, std::string_view graph_name);

  const std::vector<LateNode>& nodes_;
  std::int64_t memory_;
  std::vector<std::unique_ptr<StepState>> states_;  // by node; null where it holds no graph
  std::vector<GrowingTensor> made_;                 // by slot
  std::vector<TensorView> results_;                 // by slot
  std::vector<TensorView> inputs_;                  // of the node at work
  std::vector<std::byte> scratch_;
};

// The view a source stands for.
TensorView view_of(const Source& source, std::span<const TensorView> inputs, std::span<const TensorView> head,
                   std::span<const TensorView> late);

}  // namespace rondo
