#include "differential/interpreter.h"

#include <algorithm>
#include <limits>

#include "differential/needs.h"
#include "differential/operator_results.h"
#include "differential/sequence.h"
#include "ops/loop.h"
#include "ops/scan.h"
#include "ops/subgraph.h"

namespace rondo::differential {
namespace {

const Graph& held(const Node& node, std::string_view attribute) {
  return *std::get<GraphPtr>(*find_attribute(node.attributes, attribute));
}

TensorPtr scalar(std::int64_t v) {
  return std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {}, {&v, 1}));
}
TensorPtr scalar(bool v) { return std::make_shared<Tensor>(Tensor::of<bool>(DType::boolean, {}, {&v, 1})); }

// What the node captures, in the order of its trailing inputs.
Values captured_of(const Node& node, const Values& inputs) {
  return {inputs.begin() + static_cast<std::ptrdiff_t>(ops::own_inputs(node)), inputs.end()};
}

}  // namespace

Values Interpreter::outputs(const Graph& graph, const Values& inputs, const Values& captured) const {
  Values all(graph.num_values());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = graph.value(ValueId{static_cast<std::uint32_t>(i)}).constant;
  for (std::size_t i = 0; i < inputs.size(); ++i) all[Graph::index(graph.inputs[i])] = inputs[i];
  for (std::size_t i = 0; i < graph.captures.size(); ++i)
    if (graph.captures[i] != kNone) all[Graph::index(graph.captures[i])] = captured[i];
  for (NodeId id : needs_of(graph).nodes) {
    const Node& node = graph.node(id);
    Values in;
    for (ValueId v : node.inputs) in.push_back(v == kNone ? nullptr : all[Graph::index(v)]);
    const Values made = evaluate(node, in);
    for (std::size_t k = 0; k < made.size(); ++k)
      if (node.outputs[k] != kNone) all[Graph::index(node.outputs[k])] = made[k];
  }
  Values result;
  for (ValueId v : graph.outputs) result.push_back(all[Graph::index(v)]);
  return result;
}

Values Interpreter::evaluate(const Node& node, const Values& inputs) const {
  if (node.op->eval != nullptr) return operator_results(node, inputs, noise_);
  (void)inferred_types(node, inputs);  // throws for inputs that the operator does not take
  if (node.op->name == "If") return run_if(node, inputs);
  if (node.op->name == "Loop") return run_loop(node, inputs);
  return run_scan(node, inputs);
}

Values Interpreter::run_if(const Node& node, const Values& inputs) const {
  const bool taken = inputs[0]->values<bool>()[0];
  return outputs(held(node, taken ? "then_branch" : "else_branch"), {}, captured_of(node, inputs));
}

Values Interpreter::run_loop(const Node& node, const Values& inputs) const {
  const Graph& body = held(node, "body");
  const ops::LoopParts parts(node);
  const Values captured = captured_of(node, inputs);
  const auto given = [&](std::size_t i) { return i < ops::own_inputs(node) && inputs[i]; };
  const std::int64_t most = given(0) ? inputs[0]->values<std::int64_t>()[0] : std::numeric_limits<std::int64_t>::max();
  bool goes_on = !given(1) || inputs[1]->values<bool>()[0];
  Values states;
  for (std::size_t i = 0; i < parts.states; ++i) states.push_back(inputs[2 + i]);
  std::vector<Values> stacks(parts.scans);
  const auto once = [&](std::int64_t iteration) {
    Values in{scalar(iteration), scalar(goes_on)};
    in.insert(in.end(), states.begin(), states.end());
    return outputs(body, in, captured);
  };
  std::int64_t t = 0;
  for (; goes_on && t < most; ++t) {
    const Values made = once(t);
    goes_on = made[0]->values<bool>()[0];
    for (std::size_t i = 0; i < parts.states; ++i) states[i] = made[1 + i];
    for (std::size_t i = 0; i < parts.scans; ++i) stacks[i].push_back(made[1 + parts.states + i]);
  }
  // What never ran has the shape that it would have.
  const Values sample = t == 0 && parts.scans != 0 ? once(0) : Values{};
  Values results = states;
  for (std::size_t i = 0; i < parts.scans; ++i)
    results.push_back(stacked(stacks[i], 0, t == 0 ? *sample[1 + parts.states + i] : *stacks[i][0]));
  return results;
}

Values Interpreter::run_scan(const Node& node, const Values& inputs) const {
  const Graph& body = held(node, "body");
  const ops::ScanParts parts(node);
  const Values captured = captured_of(node, inputs);
  Values states(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(parts.states));
  const std::int64_t length = length_of(*inputs[parts.states], parts.inputs[0].axis);
  std::vector<Values> stacks(parts.outputs.size());
  for (std::int64_t t = 0; t < length; ++t) {
    Values in = states;
    for (std::size_t i = 0; i < parts.inputs.size(); ++i)
      in.push_back(
          element_of(*inputs[parts.states + i], parts.inputs[i].axis, parts.inputs[i].reverse ? length - 1 - t : t));
    const Values made = outputs(body, in, captured);
    for (std::size_t i = 0; i < parts.states; ++i) states[i] = made[i];
    for (std::size_t i = 0; i < stacks.size(); ++i) stacks[i].push_back(made[parts.states + i]);
  }
  Values results = states;
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    if (stacks[i].empty()) throw Error(ErrorCode::data, "a Scan over nothing is not interpreted");
    if (parts.outputs[i].reverse) std::ranges::reverse(stacks[i]);
    results.push_back(stacked(stacks[i], parts.outputs[i].axis, *stacks[i][0]));
  }
  return results;
}

}  // namespace rondo::differential
