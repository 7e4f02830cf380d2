// If, Loop and Scan around small drawn graphs.
#include <algorithm>
#include <memory>

#include "differential/rules.h"

namespace rondo::differential {
namespace {

void draw_some(Sketch& body, std::int64_t most) {
  std::int64_t left = body.random.between(1, most);
  for (int tries = 0; left > 0 && tries < 40; ++tries) left -= draw_node(body) ? 1 : 0;
}

// A value for the body to give: the shape may differ where `same_shape` says so.
ValueId result_like(Sketch& body, const Tensor& like, bool same_shape) {
  const ValueId found =
      body.find({like.dtype()}, [&](const Tensor& t) { return !same_shape || t.shape() == like.shape(); });
  return found != kNone ? found : body.fresh(like.dtype(), like.shape());
}

// Outputs of a held graph that are no inputs, captures or constants of it: what exporters write.
ValueId through_identity(Sketch& body, ValueId v) {
  if (body.graph.value(v).producer != kNoNode && body.random.chance(0.8)) return v;
  return body.add({ops::identity(), {}, {v}}) ? body.made()[0] : v;
}

// The captures of several bodies as one list: the trailing inputs of their node.
std::vector<ValueId> joined_captures(const std::vector<Sketch*>& bodies) {
  std::vector<ValueId> all;
  for (const Sketch* body : bodies)
    for (ValueId v : body->captured())
      if (std::ranges::find(all, v) == all.end()) all.push_back(v);
  for (Sketch* body : bodies) {
    std::vector<ValueId> inner(all.size(), kNone);
    for (std::size_t i = 0; i < body->captured().size(); ++i) {
      const auto at = std::ranges::find(all, body->captured()[i]) - all.begin();
      inner[static_cast<std::size_t>(at)] = body->graph.captures[i];
    }
    body->graph.captures = std::move(inner);
  }
  return all;
}

bool add_holder(Sketch& s, const OpDef& op, Attributes attributes, std::vector<ValueId> inputs, std::size_t outputs,
                const std::vector<std::pair<std::string, Sketch*>>& bodies) {
  std::vector<Sketch*> sketches;
  for (const auto& body : bodies) sketches.push_back(body.second);
  const std::vector<ValueId> captured = joined_captures(sketches);
  for (const auto& [name, body] : bodies) {
    body->graph.name = name;
    attributes.push_back({name, std::make_shared<const Graph>(std::move(body->graph))});
  }
  inputs.insert(inputs.end(), captured.begin(), captured.end());
  return s.add(
      {op, std::move(attributes), std::move(inputs), outputs, {}, static_cast<std::uint32_t>(captured.size())});
}

bool if_else(Sketch& s, const OpDef& op) {
  const ValueId found = s.find(kBool, [](const Tensor& t) { return t.count() == 1; });
  const ValueId cond = found != kNone && s.random.chance(0.7) ? found : s.fresh(DType::boolean, {});
  Sketch then(s.random, &s), otherwise(s.random, &s);
  draw_some(then, 4);
  draw_some(otherwise, 4);
  const std::int64_t count = s.random.between(1, 2);
  for (std::int64_t i = 0; i < count; ++i) {
    const ValueId v = then.some(kAny);
    const ValueId w = result_like(otherwise, Tensor(then.at(v).view()), s.random.chance(0.7));
    then.graph.outputs.push_back(through_identity(then, v));
    otherwise.graph.outputs.push_back(through_identity(otherwise, w));
  }
  return add_holder(s, op, {}, {cond}, static_cast<std::size_t>(count),
                    {{"then_branch", &then}, {"else_branch", &otherwise}});
}

// States of a loop: values of s and inputs of the body.
std::vector<ValueId> states_of(Sketch& s, Sketch& body) {
  std::vector<ValueId> states;
  for (std::int64_t i = s.random.between(0, 2); i > 0; --i) {
    const ValueId v = s.some(kAny, 0, 3);
    states.push_back(v);
    TensorType type = s.graph.value(v).type;
    if (s.random.chance(0.15)) type.shape.reset();  // as exporters write it
    body.body_input(s.at(v), std::move(type));
  }
  return states;
}

void hand_on(Sketch& s, Sketch& body, const std::vector<ValueId>& states) {
  for (ValueId state : states)
    body.graph.outputs.push_back(through_identity(body, result_like(body, s.at(state), s.random.chance(0.95))));
}

ValueId condition(Sketch& body, ValueId iteration, ValueId given) {
  if (body.random.chance(0.5)) return through_identity(body, given);
  if (body.random.chance(0.4)) {
    const bool yes = true;
    return through_identity(body, body.constant(Tensor::of<bool>(DType::boolean, {}, {&yes, 1})));
  }
  const ValueId most = body.number(body.random.between(0, 3));
  return body.add({ops::less(), {}, {iteration, most}}) ? body.made()[0] : given;
}

bool loop(Sketch& s, const OpDef& op) {
  Sketch body(s.random, &s);
  const std::int64_t zero = 0;
  const bool yes = true;
  const ValueId iteration =
      body.body_input(Tensor::of<std::int64_t>(DType::int64, {}, {&zero, 1}), {DType::int64, Shape{}});
  const ValueId goes_on = body.body_input(Tensor::of<bool>(DType::boolean, {}, {&yes, 1}), {DType::boolean, Shape{}});
  const std::vector<ValueId> states = states_of(s, body);
  draw_some(body, 5);
  body.graph.outputs.push_back(condition(body, iteration, goes_on));
  hand_on(s, body, states);
  const std::int64_t scans = s.random.between(states.empty() ? 1 : 0, 2);
  for (std::int64_t i = 0; i < scans; ++i) body.graph.outputs.push_back(through_identity(body, body.some(kAny, 0, 3)));
  const std::int64_t trips = scans == 0 && s.random.chance(0.2) ? 0 : s.random.between(1, 5);
  std::vector<ValueId> inputs{s.number(trips),
                              s.random.chance(0.6) ? kNone : s.given(Tensor::of<bool>(DType::boolean, {}, {&yes, 1}))};
  inputs.insert(inputs.end(), states.begin(), states.end());
  return add_holder(s, op, {}, inputs, states.size() + static_cast<std::size_t>(scans), {{"body", &body}});
}

TensorType without_axis(TensorType type, std::size_t axis) {
  if (type.ranked()) type.shape->erase(type.shape->begin() + static_cast<std::ptrdiff_t>(axis));
  return type;
}

bool scan(Sketch& s, const OpDef& op) {
  Sketch body(s.random, &s);
  std::vector<ValueId> inputs = states_of(s, body);
  const std::vector<ValueId> states = inputs;
  const std::int64_t length = s.random.between(1, 5), sequences = s.random.between(1, 2);
  const bool any_axis = s.random.chance(0.6);
  Ints in_axes, in_directions, out_axes, out_directions;
  for (std::int64_t i = 0; i < sequences; ++i) {
    Ints shape = s.some_shape(s.random.between(0, 2));
    in_axes.push_back(any_axis ? some_axis(s, static_cast<std::int64_t>(shape.size()) + 1) : 0);
    in_directions.push_back(flag(s, 0.3));
    const std::size_t axis = from_front(in_axes.back(), static_cast<std::int64_t>(shape.size()) + 1);
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), length);
    inputs.push_back(s.shaped(s.some_type(kAny), shape));
    const ValueId sequence = inputs.back();
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    body.body_input(drawn(s.random, s.dtype(sequence), shape, {}), without_axis(s.graph.value(sequence).type, axis));
  }
  draw_some(body, 5);
  hand_on(s, body, states);
  const std::int64_t results = s.random.between(states.empty() ? 1 : 0, 2);
  for (std::int64_t i = 0; i < results; ++i) {
    const ValueId v = body.some(kAny, 0, 3);
    out_axes.push_back(some_axis(s, body.rank(v) + 1));
    out_directions.push_back(flag(s, 0.3));
    body.graph.outputs.push_back(through_identity(body, v));
  }
  Attributes attributes{{"num_scan_inputs", sequences}};
  if (any_axis) attributes.push_back({"scan_input_axes", in_axes});
  if (s.random.chance(0.5)) attributes.push_back({"scan_input_directions", in_directions});
  if (s.random.chance(0.5)) attributes.push_back({"scan_output_axes", out_axes});
  if (s.random.chance(0.5)) attributes.push_back({"scan_output_directions", out_directions});
  return add_holder(s, op, std::move(attributes), inputs, states.size() + static_cast<std::size_t>(results),
                    {{"body", &body}});
}

}  // namespace

std::vector<Rule> control_rules() { return {{"If", if_else, 4}, {"Loop", loop, 4}, {"Scan", scan, 4}}; }

}  // namespace rondo::differential
