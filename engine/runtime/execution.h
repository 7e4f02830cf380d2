// A program at work in one run context: memory for its values, and the plans it used last bound to that memory. Running
// input shapes again that were run before allocates nothing, unless shapes depend on computed data.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/aligned.h"
#include "rondo/session.h"
#include "runtime/prepare.h"

namespace rondo {

class Execution {
 public:
  // The meter outlives the execution.
  Execution(std::shared_ptr<Program> program, RunMeter& meter);
  ~Execution();
  Execution(Execution&&) noexcept;
  Execution& operator=(Execution&&) = delete;

  // Whether these types and shapes were run before, and their plan is still kept.
  bool knows(std::span<const TensorView> inputs) const noexcept;

  // The results are memory of the execution, valid until the next run.
  std::span<const TensorView> run(std::span<const TensorView> inputs);
  // The same into memory of the caller, whose types and shapes are checked; names: of the outputs, for errors.
  void run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
           const std::vector<TensorInfo>& names);

  // Makes and binds the plan. The views have the outputs' types and shapes, a dim of -1 where only a run tells, and no
  // data.
  std::span<const TensorView> prepare(std::span<const TensorView> inputs);

  // Of the plan used last, with the plans of the graphs its nodes hold.
  void explain(std::vector<StepInfo>& infos) const;
  std::string plan_text() const;
  std::size_t working_bytes() const noexcept;

 private:
  struct Bound;

  Bound& bound_for(std::span<const TensorView> inputs);
  void grow_arena(std::size_t bytes);
  void place_results(Bound& bound);
  void run_plan(Bound& bound, std::span<const TensorView> in, std::span<const MutableTensorView> out);
  std::span<const TensorView> run_stages(Bound& bound, std::span<const TensorView> in);

  std::shared_ptr<Program> program_;
  RunMeter& meter_;
  std::vector<std::unique_ptr<Bound>> recent_;  // most recently used first
  AlignedArray<std::byte> arena_;
  std::size_t arena_bytes_ = 0;
  AlignedArray<std::byte> results_;
  std::size_t results_bytes_ = 0;
  std::vector<MutableTensorView> own_outputs_;
};

}  // namespace rondo
