// Exporters surround a recurrent layer with moves: batch-first models transpose X and Y, bidirectional ones bring the
// directions beside each other before they merge them with the features. The layer reads and writes with any strides as
// long as features stay contiguous, so a permutation of the other axes is free:
//   Transpose -> layer            becomes x_perm
//   layer -> Transpose            becomes y_perm
//   layer -> view -> Transpose    becomes y_perm -> view, when every axis of the view is a run of axes of Y
#include <algorithm>
#include <optional>

#include "ops/op_list.h"
#include "ops/recurrent.h"
#include "passes/add_reshape.h"
#include "passes/passes.h"

namespace rondo {
namespace {

using Perm = std::vector<std::int64_t>;

bool is_recurrent(const Node& n) { return n.op == &ops::rnn() || n.op == &ops::lstm() || n.op == &ops::gru(); }

// The permutation of a Transpose that leaves the last axis in its place; nullopt for any other node.
std::optional<Perm> feature_keeping_perm(const Node& n) {
  if (n.op != &ops::transpose()) return std::nullopt;
  const AttrValue* value = find_attribute(n.attributes, "perm");
  if (value == nullptr) return std::nullopt;
  const Perm& perm = std::get<Perm>(*value);
  if (perm.empty() || perm.back() != static_cast<std::int64_t>(perm.size()) - 1) return std::nullopt;
  return perm;
}

void set_attribute(Graph& g, NodeId id, const std::string& name, Perm value) {
  Node& n = g.node(id);
  std::erase_if(n.attributes, [&](const Attribute& a) { return a.name == name; });
  n.attributes.push_back({name, std::move(value)});
  n.attributes = normalized(*n.op, std::move(n.attributes));
  g.infer(id);
}

// Which axes of `from`, in order, make each axis of `to`; nullopt when the view regroups otherwise. Trailing axes of
// size 1 join the last group.
std::optional<std::vector<Perm>> axis_groups(const Perm& from, const Perm& to) {
  std::vector<Perm> groups(to.size());
  std::size_t axis = 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    std::int64_t size = 1;
    while (axis < from.size() && (size < to[i] || (from[axis] == 1 && (from.size() - axis) > (to.size() - i)))) {
      size *= from[axis];
      groups[i].push_back(static_cast<std::int64_t>(axis++));
    }
    if (size != to[i] || groups[i].empty()) return std::nullopt;
  }
  if (axis != from.size() && from[axis] != 1) return std::nullopt;
  for (; axis < from.size(); ++axis) groups.back().push_back(static_cast<std::int64_t>(axis));
  return groups;
}

class Fold {
 public:
  explicit Fold(Graph& graph) : g_(graph), readers_(graph.readers()) {}

  bool x_side(NodeId layer) {
    const ValueId x = g_.node(layer).inputs[ops::recurrent_input::X];
    if (g_.value(x).producer == kNoNode) return false;
    const Node& transpose = g_.node(g_.value(x).producer);
    const auto perm = feature_keeping_perm(transpose);
    if (!perm) return false;
    const auto old = ops::recurrent_form(g_.node(layer)).x_perm;
    Perm composed(3);
    for (std::size_t i = 0; i < 3; ++i) composed[static_cast<std::size_t>((*perm)[i])] = old[i];
    g_.node(layer).inputs[ops::recurrent_input::X] = transpose.inputs[0];
    set_attribute(g_, layer, "x_perm", composed);
    return true;
  }

  bool y_side(NodeId layer) {
    const ValueId y = g_.node(layer).outputs[ops::recurrent_output::Y];
    const auto first = only_reader(y);
    if (!first) return false;
    if (const auto perm = feature_keeping_perm(g_.node(*first))) {
      permute_y(layer, *perm);
      return replace(*first, y);
    }
    return first && g_.node(*first).op->is_view && through_view(layer, y, *first);
  }

 private:
  std::optional<NodeId> only_reader(ValueId v) const {
    if (v == kNone || g_.is_output(v) || readers_[Graph::index(v)].size() != 1) return std::nullopt;
    return readers_[Graph::index(v)][0];
  }

  void permute_y(NodeId layer, const Perm& perm) {
    const auto old = ops::recurrent_form(g_.node(layer)).y_perm;
    Perm composed(4);
    for (std::size_t i = 0; i < 4; ++i) composed[i] = old[static_cast<std::size_t>(perm[i])];
    set_attribute(g_, layer, "y_perm", composed);
  }

  bool through_view(NodeId layer, ValueId y, NodeId view) {
    const ValueId viewed = g_.node(view).outputs[0];
    const auto second = only_reader(viewed);
    const auto perm = second ? feature_keeping_perm(g_.node(*second)) : std::nullopt;
    const auto from = concrete_dims(g_.value(y).type), to = concrete_dims(g_.value(viewed).type);
    if (!perm || !from || !to) return false;
    const auto groups = axis_groups(*from, *to);
    if (!groups) return false;
    Perm axes;
    for (std::int64_t i : *perm)
      axes.insert(axes.end(), (*groups)[static_cast<std::size_t>(i)].begin(),
                  (*groups)[static_cast<std::size_t>(i)].end());
    if (axes.size() != 4 || axes.back() != 3) return false;
    permute_y(layer, axes);
    reshape_instead_of(*second, y);
    return true;
  }

  // The Transpose goes; its readers read `with`.
  bool replace(NodeId transpose, ValueId with) {
    g_.replace_uses(g_.node(transpose).outputs[0], with);
    return true;
  }

  void reshape_instead_of(NodeId transpose, ValueId y) {
    const Node old = g_.node(transpose);
    const Value result = g_.value(old.outputs[0]);
    const Perm dims = *concrete_dims(result.type);
    g_.erase(transpose);
    g_.replace_uses(old.outputs[0], add_reshape(g_, y, dims, old.name, result.name));
  }

  Graph& g_;
  std::vector<std::vector<NodeId>> readers_;
};

}  // namespace

void fold_recurrent_glue(Graph& graph) {
  const auto order = graph.order();  // a copy: folding adds and removes nodes
  for (NodeId id : order) {
    if (!is_recurrent(graph.node(id))) continue;
    while (Fold(graph).x_side(id)) {
    }
    while (Fold(graph).y_side(id)) {
      graph.sort();  // a view that was added stands last
      remove_dead(graph);
    }
  }
  remove_dead(graph);
}

}  // namespace rondo
