#include "runtime/control.h"

#include <algorithm>
#include <cstring>

#include "ops/op_list.h"

namespace rondo {
namespace {

Graph with_captures_as_inputs(const Graph& held) {
  Graph g = held;
  for (ValueId v : g.captures)
    if (v != kNone && !g.value(v).constant) g.inputs.push_back(v);
  g.captures.clear();
  return g;
}

}  // namespace

HeldProgram::HeldProgram(const Graph& held, std::size_t own_inputs, const Environment& environment)
    : program(std::make_shared<Program>(with_captures_as_inputs(held), environment)) {
  for (std::size_t i = 0; i < held.captures.size(); ++i)
    if (held.captures[i] != kNone && !held.value(held.captures[i]).constant) captured.push_back(own_inputs + i);
}

void HeldProgram::add_captured(std::span<const TensorView> node_inputs, std::vector<TensorView>& inputs) const {
  for (std::size_t i : captured) inputs.push_back(node_inputs[i]);
}

void HeldProgram::prepare_ahead(Execution& execution) const {
  const Graph& g = program->graph();
  std::vector<std::vector<std::int64_t>> shapes;
  std::vector<TensorView> inputs;
  for (ValueId v : g.inputs) {
    const auto dims = concrete_dims(g.value(v).type);
    if (!dims) return;
    shapes.push_back(*dims);
  }
  for (std::size_t i = 0; i < shapes.size(); ++i)
    inputs.push_back({g.value(g.inputs[i]).type.dtype, shapes[i], nullptr});
  try {
    execution.prepare(inputs);
  } catch (const Error&) {  // see the declaration
  }
}

SequenceElement::SequenceElement(const Graph& body, ValueId made) : dtype(body.value(made).type.dtype) {
  const TensorType& type = body.value(made).type;
  if (!type.ranked()) return;
  for (const Dim& d : *type.shape) shape.push_back(d.known() ? d.value : 0);
}

void ControlStep::run(const StepArgs& args) const {
  const auto results = evaluate(args.inputs, *args.state);
  for (std::size_t i = 0; i < args.outputs.size(); ++i) {
    const MutableTensorView& out = args.outputs[i];
    if (!out.present()) continue;
    if (!std::ranges::equal(out.shape, results[i].shape))
      throw Error(ErrorCode::data, "output " + std::to_string(i) + " has another shape than its graph promised")
          .got(to_string(results[i].shape))
          .expected(to_string(out.shape));
    if (out.bytes() != 0) std::memcpy(out.data, results[i].data, out.bytes());
  }
}

std::unique_ptr<ControlStep> make_control(const Node& node, const Environment& environment) {
  if (node.op == &ops::if_else()) return make_if_step(node, environment);
  return node.op == &ops::loop() ? make_loop_step(node, environment) : make_scan_step(node, environment);
}

}  // namespace rondo
