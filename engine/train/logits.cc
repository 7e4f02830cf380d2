#include "train/logits.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ops/op_list.h"
#include "rondo/error.h"

namespace rondo::train {
namespace {

constexpr std::array<std::string_view, 6> kMoves{"Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze"};

bool is_move(const OpDef& op) { return op.domain.empty() && std::ranges::find(kMoves, op.name) != kMoves.end(); }

// Where an axis of a move's output is in its input. Views keep a last axis whose size they keep.
std::optional<std::int64_t> axis_before(const Graph& graph, const Node& move, std::int64_t axis) {
  if (move.op == &ops::identity()) return axis;
  const TensorType &in = graph.value(move.inputs[0]).type, &out = graph.value(move.outputs[0]).type;
  if (!in.ranked() || !out.ranked() || in.rank() == 0) return std::nullopt;
  if (move.op == &ops::transpose()) {
    const AttrValue* perm = find_attribute(move.attributes, "perm");
    if (perm == nullptr) return out.rank() - 1 - axis;
    return std::get<std::vector<std::int64_t>>(*perm)[static_cast<std::size_t>(axis)];
  }
  const bool last = axis == out.rank() - 1 && in.shape->back().known() && in.shape->back() == out.shape->back();
  return last ? std::optional(in.rank() - 1) : std::nullopt;
}

// Sigmoid works on each element for itself.
bool along_classes(const Graph& graph, const Node& function, std::optional<std::int64_t> axis) {
  const AttrValue* along = find_attribute(function.attributes, "axis");
  if (along == nullptr) return true;
  const TensorType& type = graph.value(function.inputs[0]).type;
  const std::int64_t given = std::get<std::int64_t>(*along);
  if (!axis || !type.ranked()) return false;
  return (given < 0 ? given + type.rank() : given) == *axis;
}

}  // namespace

Logits logits_before(GraphWriter& writer, ValueId output, std::initializer_list<std::string_view> functions,
                     std::int64_t class_axis) {
  const Graph& graph = writer.graph();
  std::vector<NodeId> moves;
  std::optional<std::int64_t> axis = class_axis;
  NodeId at = graph.value(output).producer;
  while (at != kNoNode && is_move(*graph.node(at).op)) {
    if (axis) axis = axis_before(graph, graph.node(at), *axis);
    moves.push_back(at);
    at = graph.value(graph.node(at).inputs[0]).producer;
  }
  if (at == kNoNode) return {output, ""};
  const Node function = graph.node(at);
  if (!function.op->domain.empty() || std::ranges::find(functions, function.op->name) == functions.end())
    return {output, ""};
  if (!along_classes(graph, function, axis)) {
    Error error(ErrorCode::unsupported, "the loss cannot tell whether this function runs along the classes");
    error.at_node(function.name, function.op->name, static_cast<std::int64_t>(at), graph.name);
    throw error.fix("give the axis of the classes, or train on the value before the function");
  }
  ValueId value = function.inputs[0];
  for (std::size_t i = moves.size(); i-- > 0;) {
    const Node move = graph.node(moves[i]);
    std::vector<ValueId> inputs = move.inputs;
    inputs[0] = value;
    value = writer.emit(*move.op, std::move(inputs), move.attributes);
  }
  return {value, "attached before " + function.op->name + " '" + function.name + "'"};
}

}  // namespace rondo::train
