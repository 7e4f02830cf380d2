// A plan bound to memory: for every step the views it is called with, all pointers filled in but those of the caller's
// tensors, which each run patches. So a run is a loop over steps and touches no map, no lock and no heap.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace rondo {

class BoundPlan {
 public:
  BoundPlan(const Plan& plan, RunMeter& meter);
  BoundPlan(const BoundPlan&) = delete;
  BoundPlan& operator=(const BoundPlan&) = delete;

  void point_into(std::byte* arena);
  // Throws Error(data) that names the node.
  void run(std::span<const TensorView> in, std::span<const MutableTensorView> out, ThreadPool& pool,
           const RunMeter& meter);

  const std::vector<std::unique_ptr<StepState>>& states() const noexcept { return states_; }

 private:
  struct Patch {
    const void** data;
    std::size_t index;  // of the caller's input or output
  };
  struct ArenaPatch {
    const void** data;
    std::size_t offset;
  };
  template <class View>
  void add_patch(View& view, const Place& place);
  void take_step(const PlanStep& step, const TensorView* in, const MutableTensorView* out, StepState* state,
                 ThreadPool& pool) const;

  const Plan& plan_;
  std::byte* arena_ = nullptr;
  std::vector<TensorView> inputs_;  // of all steps, one after the other
  std::vector<MutableTensorView> outputs_;
  std::vector<Patch> input_patches_, output_patches_;
  std::vector<ArenaPatch> arena_patches_;
  std::vector<std::unique_ptr<StepState>> states_;  // by step; null where a step keeps nothing
};

}  // namespace rondo
