// Steps of If, Loop and Scan: they run the graphs of their node as programs. Their results may have shapes that only
// the run tells, so beside run() into planned memory they can evaluate() into their own.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/execution.h"
#include "runtime/growing_tensor.h"
#include "runtime/program.h"

namespace rondo {

// A graph held by a node, as a program whose inputs are its own and then what it captures.
struct HeldProgram {
  HeldProgram(const Graph& held, std::size_t own_inputs, const Environment& environment);

  // Appends the views of what the graph captures, out of the node's inputs.
  void add_captured(std::span<const TensorView> node_inputs, std::vector<TensorView>& inputs) const;

  // Makes the plan before the first run where the node tells all shapes. A graph that contradicts them may never run,
  // so its error waits for the run that takes it.
  void prepare_ahead(Execution& execution) const;

  std::shared_ptr<Program> program;
  std::vector<std::size_t> captured;  // indices of the node's inputs
};

// The elements of a sequence that a body makes, as far as they are known before it runs.
struct SequenceElement {
  SequenceElement(const Graph& body, ValueId made);
  // An empty sequence; a loop that never runs leaves it so, with what is not known as size 0.
  void start(GrowingTensor& sequence) const { sequence.start_sequence(dtype, shape); }

  DType dtype;
  std::vector<std::int64_t> shape;
};

class ControlState : public StepState {
 public:
  std::vector<TensorView> results;

  // The plans of the graphs held, as far as they were made.
  virtual void explain(std::vector<StepInfo>& infos) const = 0;
};

class ControlStep : public Step {
 public:
  // The results are memory of the state, or of the inputs, until the next call. Absent outputs have results, too.
  virtual std::span<const TensorView> evaluate(std::span<const TensorView> inputs, StepState& state) const = 0;

  void run(const StepArgs& args) const override;
};

// For a node that holds graphs.
std::unique_ptr<ControlStep> make_control(const Node& node, const Environment& environment);

std::unique_ptr<ControlStep> make_if_step(const Node& node, const Environment& environment);
std::unique_ptr<ControlStep> make_loop_step(const Node& node, const Environment& environment);
std::unique_ptr<ControlStep> make_scan_step(const Node& node, const Environment& environment);

}  // namespace rondo
