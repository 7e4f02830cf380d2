#include "differential/rules.h"

#include <algorithm>
#include <map>

namespace rondo::differential {
namespace {

bool holds_graphs(const OpDef& op) {
  return std::ranges::any_of(op.attributes, [](const AttrDef& a) { return a.kind == AttrKind::graph; });
}

struct Choices {
  using Choice = std::pair<const OpDef*, Rule>;
  std::vector<Choice> drawn;    // each as often as its weight
  std::vector<Choice> holders;  // of those, what holds graphs

  Choices() {
    std::map<std::string_view, Rule> rules;
    for (const auto& table : {move_rules(), math_rules(), index_rules(), reduce_rules(), product_rules(),
                              window_rules(), recurrent_rules(), quantize_rules(), control_rules()})
      for (const Rule& rule : table) rules.emplace(rule.op, rule);
    for (const OpDef* op : all_ops()) {
      if (op->domain == "rondo") continue;  // of the engine's own graphs, which are no ONNX
      const auto own = rules.find(op->name);
      const Rule rule = own != rules.end() ? own->second : Rule{op->name, draw_elementwise};
      drawn.insert(drawn.end(), static_cast<std::size_t>(rule.weight), {op, rule});
      if (holds_graphs(*op)) holders.emplace_back(op, rule);
    }
  }
};

Attributes elementwise_attributes(Sketch& s, const OpDef& op, std::int64_t rank) {
  Attributes attributes;
  for (const AttrDef& a : op.attributes) {
    if (a.internal) continue;
    if (a.kind == AttrKind::real && s.random.chance(0.5))
      attributes.push_back({a.name, static_cast<float>(s.random.uniform(0.1, 1.5))});
    if (a.kind == AttrKind::integer && a.name == "axis" && rank > 0) attributes.push_back({a.name, some_axis(s, rank)});
  }
  return attributes;
}

}  // namespace

std::int64_t some_axis(Sketch& s, std::int64_t rank) { return rank == 0 ? 0 : s.random.between(-rank, rank - 1); }

Ints some_axes(Sketch& s, std::int64_t rank, std::int64_t least, std::int64_t most) {
  Ints axes;
  for (std::int64_t d = 0; d < rank; ++d) axes.push_back(d);
  for (std::int64_t d = rank - 1; d > 0; --d)
    std::swap(axes[static_cast<std::size_t>(d)], axes[static_cast<std::size_t>(s.random.below(d + 1))]);
  axes.resize(static_cast<std::size_t>(s.random.between(std::min(least, rank), std::min(most, rank))));
  for (std::int64_t& d : axes)
    if (s.random.chance(0.3)) d -= rank;
  return axes;
}

Ints narrower(Sketch& s, const Ints& shape) {
  Ints result;
  const bool drops = s.random.chance(0.4);
  const auto first = drops ? s.random.below(static_cast<std::int64_t>(shape.size()) + 1) : 0;
  for (auto d = static_cast<std::size_t>(first); d < shape.size(); ++d)
    result.push_back(s.random.chance(0.3) ? 1 : shape[d]);
  return result;
}

bool draw_elementwise(Sketch& s, const OpDef& op) {
  if (op.inputs.empty()) return false;
  std::map<std::string, DType> types;  // by TypeDef
  std::vector<ValueId> inputs;
  Ints shape;
  for (const PortDef& port : op.inputs) {
    if (port.presence == Presence::optional) continue;
    const std::int64_t copies = port.presence == Presence::variadic ? s.random.between(1, 3) : 1;
    for (std::int64_t i = 0; i < copies; ++i) {
      const TypeDef& type = op.type_of(port);
      if (inputs.empty()) {
        inputs.push_back(s.some(type.allowed));
        types[type.name] = s.dtype(inputs[0]);
        shape = s.dims(inputs[0]);
        continue;
      }
      if (!types.contains(type.name)) types[type.name] = s.some_type(type.allowed);
      inputs.push_back(s.shaped(types[type.name], narrower(s, shape)));
    }
  }
  std::size_t outputs = 0;
  for (const PortDef& port : op.outputs) outputs += port.presence != Presence::optional;
  return s.add({op, elementwise_attributes(s, op, s.rank(inputs[0])), inputs, outputs});
}

bool draw_node(Sketch& s) {
  static const Choices choices;
  // Inside of a graph that is held, more of them: else they would hardly ever stand four deep.
  const bool nests = s.depth() > 0 && s.random.chance(0.15);
  const auto& from = nests ? choices.holders : choices.drawn;
  const auto& [op, rule] = from[static_cast<std::size_t>(s.random.below(static_cast<std::int64_t>(from.size())))];
  if (holds_graphs(*op) && s.depth() >= kMostDepth) return false;
  return rule.draw(s, *op);
}

}  // namespace rondo::differential
