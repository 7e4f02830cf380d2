#include "ir/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <utility>

namespace rondo {
namespace {

using InferInput = InferContext::Input;

std::vector<InferInput> infer_inputs(const Graph& graph, const Node& node) {
  std::vector<InferInput> inputs(node.inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (node.inputs[i] == kNone) continue;
    const Value& v = graph.value(node.inputs[i]);
    inputs[i].type = &v.type;
    if (v.constant) inputs[i].value = v.constant->view();
  }
  return inputs;
}

// Number of ports that must be there, and whether the i-th one may be absent, are read from the port list.
void check_ports(const InferContext& ctx, const Node& node, const std::vector<PortDef>& ports,
                 const std::vector<ValueId>& ids, std::size_t count, std::string_view what) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const bool there = i < count && ids[i] != kNone;
    if (ports[i].presence == Presence::required && !there)
      throw ctx.error(fmt::format("required {} '{}' is absent", what, ports[i].name))
          .fix("connect it and save the model again");
  }
  const bool variadic = !ports.empty() && ports.back().presence == Presence::variadic;
  if (variadic && count >= ports.size()) {
    for (std::size_t i = ports.size() - 1; i < count; ++i)
      if (ids[i] == kNone) throw ctx.error(fmt::format("{} {} of '{}' is absent", what, i, node.op->name));
  } else if (count > ports.size()) {
    throw ctx.error(fmt::format("too many {}s", what))
        .got(std::to_string(count))
        .expected(fmt::format("at most {}", ports.size()));
  }
}

void check_types(const InferContext& ctx, const Node& node) {
  std::vector<std::pair<std::string_view, DType>> bound;
  const std::size_t own = node.inputs.size() - node.num_captures;
  for (std::size_t i = 0; i < own; ++i) {
    if (!ctx.has(i)) continue;
    const PortDef& port = *node.op->input_port(i);
    const TypeDef& def = node.op->type_of(port);
    const DType t = ctx.dtype(i);
    if (!def.allowed.contains(t))
      throw ctx.error(fmt::format("{} has an element type this operator does not take", port.name))
          .got(std::string(name_of(t)))
          .expected(to_string(def.allowed));
    if (def.mixed) continue;
    const auto seen = std::ranges::find(bound, port.type, &std::pair<std::string_view, DType>::first);
    if (seen == bound.end()) {
      bound.emplace_back(port.type, t);
    } else if (seen->second != t) {
      throw ctx.error(fmt::format("{} has another element type than the inputs before it", port.name))
          .got(std::string(name_of(t)))
          .expected(std::string(name_of(seen->second)));
    }
  }
}

TensorType merged(const TensorType& fresh, const TensorType& old) {
  if (!old.ranked() || !fresh.ranked() || old.rank() != fresh.rank())
    return fresh.ranked() ? fresh : TensorType{fresh.dtype, old.shape};
  TensorType out = fresh;
  for (std::size_t i = 0; i < out.shape->size(); ++i)
    (*out.shape)[i] = more_specific((*fresh.shape)[i], (*old.shape)[i]);
  return out;
}

}  // namespace

Attributes normalized(const OpDef& op, Attributes attributes) {
  for (const Attribute& a : attributes) {
    const AttrDef* def = op.find_attribute(a.name);
    if (def == nullptr)
      throw Error(ErrorCode::model, "unknown attribute")
          .at_attribute(a.name)
          .fix("remove it, or export with an opset whose " + op.name + " has it");
    if (def->kind != kind_of(a.value))
      throw Error(ErrorCode::model, "attribute of the wrong kind")
          .at_attribute(a.name)
          .got(std::string(name_of(kind_of(a.value))))
          .expected(std::string(name_of(def->kind)));
  }
  for (const AttrDef& def : op.attributes) {
    if (find_attribute(attributes, def.name) != nullptr) continue;
    if (def.required) throw Error(ErrorCode::model, "required attribute is missing").at_attribute(def.name);
    if (def.default_value) attributes.push_back({def.name, *def.default_value});
  }
  std::ranges::sort(attributes, {}, &Attribute::name);
  const auto twice = std::ranges::adjacent_find(attributes, {}, &Attribute::name);
  if (twice != attributes.end()) throw Error(ErrorCode::model, "attribute is given twice").at_attribute(twice->name);
  return attributes;
}

ValueId Graph::add_value(std::string value_name, TensorType type) {
  const ValueId id{static_cast<std::uint32_t>(values_.size())};
  if (!by_name_.emplace(value_name, id).second)
    throw Error(ErrorCode::model, "two values are named '" + value_name + "'").fix("give every value its own name");
  values_.push_back({std::move(value_name), std::move(type), kNoNode, nullptr});
  return id;
}

ValueId Graph::add_input(std::string value_name, TensorType type) {
  inputs.push_back(add_value(std::move(value_name), std::move(type)));
  return inputs.back();
}

ValueId Graph::add_constant(std::string value_name, TensorPtr tensor) {
  const ValueId id = add_value(std::move(value_name), concrete_type(tensor->dtype(), tensor->shape()));
  value(id).constant = std::move(tensor);
  return id;
}

NodeId Graph::add_node(const OpDef& op, std::string node_name, Attributes attributes, std::vector<ValueId> node_inputs,
                       std::vector<std::string> output_names, std::uint32_t num_captures) {
  const auto position = static_cast<std::int64_t>(nodes_.size());
  Node node{std::move(node_name), &op, {}, std::move(node_inputs), std::vector<ValueId>(output_names.size(), kNone),
            num_captures};
  try {
    node.attributes = normalized(op, std::move(attributes));
  } catch (Error& e) {
    throw e.at_node(node.name, op.name, position, name);
  }
  // Outputs get their ids first, so that the rule sees which are wanted; their names are claimed once it has passed.
  for (std::size_t i = 0, next = values_.size(); i < output_names.size(); ++i)
    if (!output_names[i].empty()) node.outputs[i] = ValueId{static_cast<std::uint32_t>(next++)};
  const auto inputs_seen = infer_inputs(*this, node);
  InferContext ctx(node, position, name, inputs_seen, ErrorCode::model);
  check_ports(ctx, node, op.inputs, node.inputs, node.inputs.size() - num_captures, "input");
  check_ports(ctx, node, op.outputs, node.outputs, node.outputs.size(), "output");
  check_types(ctx, node);
  op.infer(ctx);

  const NodeId id{static_cast<std::uint32_t>(nodes_.size())};
  for (std::size_t i = 0; i < output_names.size(); ++i) {
    if (output_names[i].empty()) continue;
    try {
      add_value(std::move(output_names[i]), ctx.outputs()[i]);
    } catch (Error& e) {
      throw e.at_node(node.name, op.name, position, name);
    }
    values_.back().producer = id;
  }
  nodes_.push_back(std::move(node));
  order_.push_back(id);
  return id;
}

std::vector<TensorType> Graph::inferred(NodeId id, ErrorCode code) const {
  const Node& n = node(id);
  const auto inputs_seen = infer_inputs(*this, n);
  InferContext ctx(n, static_cast<std::int64_t>(index(id)), name, inputs_seen, code);
  check_types(ctx, n);
  n.op->infer(ctx);
  std::vector<TensorType> types(n.outputs.size());
  for (std::size_t i = 0; i < types.size(); ++i)
    if (n.outputs[i] != kNone) types[i] = merged(ctx.outputs()[i], value(n.outputs[i]).type);
  return types;
}

std::vector<ValueId> Graph::values_wanted(NodeId id) const {
  const Node& n = node(id);
  const auto inputs_seen = infer_inputs(*this, n);
  InferContext ctx(n, static_cast<std::int64_t>(index(id)), name, inputs_seen, ErrorCode::data);
  n.op->infer(ctx);
  std::vector<ValueId> wanted;
  for (std::size_t i : ctx.wanted()) wanted.push_back(n.inputs[i]);
  return wanted;
}

void Graph::infer(NodeId id, ErrorCode code) {
  auto types = inferred(id, code);
  for (std::size_t i = 0; i < types.size(); ++i)
    if (node(id).outputs[i] != kNone) value(node(id).outputs[i]).type = std::move(types[i]);
}

std::vector<ValueId> Graph::identity_map() const {
  std::vector<ValueId> map(values_.size());
  for (std::size_t i = 0; i < map.size(); ++i) map[i] = ValueId{static_cast<std::uint32_t>(i)};
  return map;
}

void Graph::replace_uses(std::vector<ValueId> replacement) {
  // Chains are followed with path compression, so a long run of identities costs one step each.
  const auto resolve = [&replacement](ValueId id) {
    ValueId end = id;
    while (replacement[index(end)] != end) end = replacement[index(end)];
    while (replacement[index(id)] != end) id = std::exchange(replacement[index(id)], end);
    return end;
  };
  for (NodeId id : order_)
    for (ValueId& in : node(id).inputs)
      if (in != kNone) in = resolve(in);
  for (ValueId& out : outputs) out = resolve(out);
}

void Graph::replace_uses(ValueId from, ValueId to) {
  auto map = identity_map();
  map[index(from)] = to;
  replace_uses(std::move(map));
}

void Graph::make_constant(ValueId id, TensorPtr tensor) {
  Value& v = value(id);
  if (v.producer != kNoNode) std::ranges::replace(node(v.producer).outputs, id, kNone);
  v.producer = kNoNode;
  v.type = concrete_type(tensor->dtype(), tensor->shape());
  v.constant = std::move(tensor);
}

void Graph::erase(const std::vector<bool>& marked) {
  std::erase_if(order_, [&](NodeId id) {
    if (!marked[index(id)]) return false;
    for (ValueId out : node(id).outputs) {
      if (out == kNone) continue;
      by_name_.erase(value(out).name);
      value(out).producer = kNoNode;
    }
    return true;
  });
}

void Graph::erase(NodeId id) {
  std::vector<bool> marked(nodes_.size());
  marked[index(id)] = true;
  erase(marked);
}

ValueId Graph::find_value(std::string_view value_name) const noexcept {
  const auto it = by_name_.find(std::string(value_name));
  return it == by_name_.end() ? kNone : it->second;
}

std::string Graph::fresh_name(const std::string& wanted) const {
  if (find_value(wanted) == kNone) return wanted;
  for (std::size_t i = 1;; ++i) {
    std::string candidate = fmt::format("{}_{}", wanted, i);
    if (find_value(candidate) == kNone) return candidate;
  }
}

std::vector<std::vector<NodeId>> Graph::readers() const {
  std::vector<std::vector<NodeId>> out(values_.size());
  for (NodeId id : order_)
    for (ValueId in : node(id).inputs)
      if (in != kNone) out[index(in)].push_back(id);
  return out;
}

bool Graph::is_output(ValueId id) const noexcept { return std::ranges::find(outputs, id) != outputs.end(); }

// Kahn's algorithm; among the nodes that are ready the one earliest in the present order goes first.
void Graph::sort() {
  const auto reading = readers();
  std::vector<std::size_t> waiting(nodes_.size()), place(nodes_.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    place[index(order_[i])] = i;
    for (ValueId in : node(order_[i]).inputs)
      if (in != kNone && value(in).producer != kNoNode) ++waiting[index(order_[i])];
    if (waiting[index(order_[i])] == 0) ready.push(i);
  }
  std::vector<NodeId> sorted;
  sorted.reserve(order_.size());
  while (!ready.empty()) {
    const NodeId id = order_[ready.top()];
    ready.pop();
    sorted.push_back(id);
    for (ValueId out : node(id).outputs) {
      if (out == kNone) continue;
      for (NodeId reader : reading[index(out)])
        if (--waiting[index(reader)] == 0) ready.push(place[index(reader)]);
    }
  }
  if (sorted.size() != order_.size()) throw Error(ErrorCode::model, "the graph '" + name + "' has a cycle");
  order_ = std::move(sorted);
}

}  // namespace rondo
