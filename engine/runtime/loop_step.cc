#include <limits>

#include "ops/loop.h"
#include "ops/subgraph.h"
#include "runtime/control.h"

namespace rondo {
namespace {

struct LoopState : ControlState {
  LoopState(const HeldProgram& held, const ops::LoopParts& parts, RunMeter& m)
      : meter(m), body(held.program, m), states(parts.states), scans(parts.scans) {
    held.prepare_ahead(body);
    results.resize(parts.states + parts.scans);
  }
  void explain(std::vector<StepInfo>& infos) const override { body.explain(infos); }

  RunMeter& meter;
  Execution body;
  std::vector<TensorView> inputs;  // of the body
  std::int64_t iteration = 0;
  bool goes_on = true;
  std::vector<GrowingTensor> states, scans;
};

class LoopStep : public ControlStep {
 public:
  LoopStep(const Node& node, const Environment& environment)
      : held_(*body_of(node), ops::own_inputs(node), environment),
        own_(ops::own_inputs(node)),
        parts_(node),
        memory_(environment.memory) {
    const Graph& body = *body_of(node);
    for (std::size_t i = 0; i < parts_.scans; ++i) elements_.emplace_back(body, body.outputs[1 + parts_.states + i]);
  }

  std::unique_ptr<StepState> make_state(RunMeter& meter) const override {
    return std::make_unique<LoopState>(held_, parts_, meter);
  }
  std::string kernel() const override { return "a graph, again and again"; }

  std::span<const TensorView> evaluate(std::span<const TensorView> inputs, StepState& of_context) const override {
    auto& state = static_cast<LoopState&>(of_context);
    const auto given = [&](std::size_t i) { return i < own_ && inputs[i].present(); };
    const std::int64_t most = given(0) ? *inputs[0].as<std::int64_t>() : std::numeric_limits<std::int64_t>::max();
    state.goes_on = !given(1) || *inputs[1].as<bool>();
    start(inputs, state);
    for (state.iteration = 0; state.iteration < most && state.goes_on; ++state.iteration) {
      state.meter.iterate();
      take(state.body.run(state.inputs), state);
    }
    for (std::size_t i = 0; i < parts_.states; ++i) state.results[i] = state.inputs[2 + i];
    for (std::size_t i = 0; i < parts_.scans; ++i) state.results[parts_.states + i] = state.scans[i].view();
    return state.results;
  }

 private:
  static GraphPtr body_of(const Node& node) { return std::get<GraphPtr>(*find_attribute(node.attributes, "body")); }

  void start(std::span<const TensorView> inputs, LoopState& state) const {
    state.inputs.clear();
    state.inputs.push_back({DType::int64, {}, &state.iteration});
    state.inputs.push_back({DType::boolean, {}, &state.goes_on});
    for (std::size_t i = 0; i < parts_.states; ++i) state.inputs.push_back(inputs[2 + i]);
    held_.add_captured(inputs, state.inputs);
    for (std::size_t i = 0; i < parts_.scans; ++i) elements_[i].start(state.scans[i]);
  }

  void take(std::span<const TensorView> made, LoopState& state) const {
    for (std::size_t i = 0; i < parts_.states; ++i) {
      state.states[i].assign(made[1 + i], memory_);
      state.inputs[2 + i] = std::as_const(state.states[i]).view();
    }
    for (std::size_t i = 0; i < parts_.scans; ++i) {
      const TensorView& element = made[1 + parts_.states + i];
      if (state.iteration == 0) state.scans[i].start_sequence(element.dtype, element.shape);
      state.scans[i].append(element, memory_);
    }
    state.goes_on = *made[0].as<bool>();
  }

  HeldProgram held_;
  std::size_t own_;  // inputs before the captured ones
  ops::LoopParts parts_;
  std::int64_t memory_;
  std::vector<SequenceElement> elements_;  // of the scans
};

}  // namespace

std::unique_ptr<ControlStep> make_loop_step(const Node& node, const Environment& environment) {
  return std::make_unique<LoopStep>(node, environment);
}

}  // namespace rondo
