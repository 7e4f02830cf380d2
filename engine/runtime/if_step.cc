#include "ops/subgraph.h"
#include "runtime/control.h"

namespace rondo {
namespace {

struct IfState : ControlState {
  IfState(const HeldProgram& then_held, const HeldProgram& else_held, RunMeter& meter)
      : then_branch(then_held.program, meter), else_branch(else_held.program, meter) {
    then_held.prepare_ahead(then_branch);
    else_held.prepare_ahead(else_branch);
  }
  void explain(std::vector<StepInfo>& infos) const override {
    then_branch.explain(infos);
    else_branch.explain(infos);
  }

  Execution then_branch, else_branch;
  std::vector<TensorView> inputs;
};

class IfStep : public ControlStep {
 public:
  IfStep(const Node& node, const Environment& environment)
      : then_(held(node, "then_branch"), ops::own_inputs(node), environment),
        else_(held(node, "else_branch"), ops::own_inputs(node), environment) {}

  std::unique_ptr<StepState> make_state(RunMeter& meter) const override {
    return std::make_unique<IfState>(then_, else_, meter);
  }
  std::string kernel() const override { return "one of two graphs"; }

  std::span<const TensorView> evaluate(std::span<const TensorView> inputs, StepState& of_context) const override {
    auto& state = static_cast<IfState&>(of_context);
    const bool taken = *inputs[0].as<bool>();
    state.inputs.clear();
    (taken ? then_ : else_).add_captured(inputs, state.inputs);
    return (taken ? state.then_branch : state.else_branch).run(state.inputs);
  }

 private:
  static const Graph& held(const Node& node, std::string_view branch) {
    return *std::get<GraphPtr>(*find_attribute(node.attributes, branch));
  }

  HeldProgram then_, else_;
};

}  // namespace

std::unique_ptr<ControlStep> make_if_step(const Node& node, const Environment& environment) {
  return std::make_unique<IfStep>(node, environment);
}

}  // namespace rondo
