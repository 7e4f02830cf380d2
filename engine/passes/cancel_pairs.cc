// Exporters and other passes leave moves that undo or repeat each other. What is left of a run of them:
//   Cast, Cast            the second alone, or nothing, when the first loses no value of its input's type
//   Transpose, Transpose  one with the composed permutation, or nothing
//   view, view            the last alone, reading what the first read; nothing when the shape is that one's
// Members of a run that somebody else reads stay; the others are dead.
#include <algorithm>
#include <array>
#include <optional>

#include "ops/op_list.h"
#include "passes/add_reshape.h"
#include "passes/passes.h"

namespace rondo {
namespace {

using Perm = std::vector<std::int64_t>;

struct NumberFormat {
  DType dtype;
  int digits;  // value bits; every integer of that many bits is exact
  bool has_sign;
};
constexpr std::array<NumberFormat, 12> kFormats{{{DType::int8, 7, true},
                                                 {DType::int16, 15, true},
                                                 {DType::int32, 31, true},
                                                 {DType::int64, 63, true},
                                                 {DType::uint8, 8, false},
                                                 {DType::uint16, 16, false},
                                                 {DType::uint32, 32, false},
                                                 {DType::uint64, 64, false},
                                                 {DType::float16, 11, true},
                                                 {DType::bfloat16, 8, true},
                                                 {DType::float32, 24, true},
                                                 {DType::float64, 53, true}}};

// Every number of the one type is a number of the other. Booleans are not numbers.
bool is_lossless(DType from, DType to) {
  const auto a = std::ranges::find(kFormats, from, &NumberFormat::dtype);
  const auto b = std::ranges::find(kFormats, to, &NumberFormat::dtype);
  if (a == kFormats.end() || b == kFormats.end()) return false;
  if (is_floating(from)) return from == to || to == DType::float64 || (to == DType::float32 && size_of(from) == 2);
  return a->digits <= b->digits && (b->has_sign || !a->has_sign);
}

// Casting through `middle` gives what one Cast gives. Integers that pass through a float saturate where they would
// wrap, so only floats may be narrowed.
bool is_one_cast(DType from, DType middle, DType to) {
  if (!is_lossless(from, middle)) return false;
  return is_lossless(from, to) || (is_floating(from) && is_floating(to));
}

// A view keeps the number of elements, so one open dim is what the others leave.
bool is_same_shape(const TensorType& a, const TensorType& b) {
  if (!a.ranked() || !b.ranked() || a.rank() != b.rank()) return false;
  int open = 0;
  bool is_empty = false;
  for (std::size_t d = 0; d < a.shape->size(); ++d) {
    const Dim &x = (*a.shape)[d], &y = (*b.shape)[d];
    if (!may_equal(x, y)) return false;
    is_empty = is_empty || x.value == 0 || y.value == 0;
    open += !x.known() || !y.known();
  }
  return open == 0 || (open == 1 && !is_empty);
}

// Without counting: every dim is a known size or a symbol, and the same on both sides.
bool is_proven_same(const TensorType& a, const TensorType& b) {
  const auto is_named = [](const Dim& d) { return d.known() || !d.symbol.empty(); };
  return a.ranked() && b.ranked() && *a.shape == *b.shape && std::ranges::all_of(*a.shape, is_named);
}

class Cancel {
 public:
  explicit Cancel(Graph& graph) : g_(graph), map_(graph.identity_map()), gone_(graph.node_capacity()) {}

  void run() {
    for (NodeId id : g_.order()) {
      const Node& n = g_.node(id);
      if (n.outputs.size() != 1 || n.outputs[0] == kNone || n.inputs.empty()) continue;
      if (n.op == &ops::cast()) cast(id);
      if (n.op == &ops::transpose()) transpose(id);
      if (n.op->is_view) view(id);
    }
    g_.erase(gone_);
    for (const View& v : views_) {
      const ValueId from = map_[Graph::index(v.from)];
      map_[Graph::index(v.output)] = add_reshape(g_, from, v.dims, v.node_name, v.output_name);
    }
    for (std::size_t i = map_.size(); i < g_.num_values(); ++i) map_.push_back(ValueId{static_cast<std::uint32_t>(i)});
    g_.replace_uses(std::move(map_));
    g_.sort();
    remove_dead(g_);
  }

 private:
  struct View {
    ValueId from, output;
    Perm dims;
    std::string node_name, output_name;
  };

  // What the node reads once the runs before it are shortened.
  ValueId source(NodeId id) const { return map_[Graph::index(g_.node(id).inputs[0])]; }
  const Node* producer(ValueId v) const {
    return g_.value(v).producer == kNoNode ? nullptr : &g_.node(g_.value(v).producer);
  }
  DType dtype(ValueId v) const { return g_.value(v).type.dtype; }

  void drop(NodeId id, ValueId for_whom) {
    map_[Graph::index(g_.node(id).outputs[0])] = for_whom;
    gone_[Graph::index(id)] = true;
  }

  void cast(NodeId id) {
    const ValueId middle = source(id), out = g_.node(id).outputs[0];
    const Node* first = producer(middle);
    if (first == nullptr || first->op != &ops::cast()) return;
    const ValueId from = map_[Graph::index(first->inputs[0])];
    if (!is_one_cast(dtype(from), dtype(middle), dtype(out))) return;
    if (dtype(from) == dtype(out)) return drop(id, from);
    g_.node(id).inputs[0] = from;
  }

  std::optional<Perm> perm_of(const Node& n) const {
    if (const AttrValue* perm = find_attribute(n.attributes, "perm")) return std::get<Perm>(*perm);
    const TensorType& type = g_.value(n.inputs[0]).type;
    if (!type.ranked()) return std::nullopt;
    Perm reversed(static_cast<std::size_t>(type.rank()));
    for (std::size_t i = 0; i < reversed.size(); ++i) reversed[i] = type.rank() - 1 - static_cast<std::int64_t>(i);
    return reversed;
  }

  void transpose(NodeId id) {
    const Node* first = producer(source(id));
    if (first == nullptr || first->op != &ops::transpose()) return;
    const auto inner = perm_of(*first), outer = perm_of(g_.node(id));
    if (!inner || !outer || inner->size() != outer->size()) return;
    Perm composed;
    for (std::int64_t axis : *outer) composed.push_back((*inner)[static_cast<std::size_t>(axis)]);
    const ValueId from = map_[Graph::index(first->inputs[0])];
    if (std::ranges::is_sorted(composed)) return drop(id, from);
    Node& n = g_.node(id);
    n.inputs[0] = from;
    n.attributes = normalized(*n.op, {{"perm", std::move(composed)}});
  }

  // A Reshape whose result depends on nothing but the elements it is given.
  bool stands_alone(const Node& n) const {
    if (n.op != &ops::reshape() || !g_.value(n.inputs[1]).constant) return false;
    const auto sizes = g_.value(n.inputs[1]).constant->values<std::int64_t>();
    return std::get<std::int64_t>(*find_attribute(n.attributes, "allowzero")) != 0 ||
           std::ranges::find(sizes, 0) == sizes.end();
  }

  // What the view is given has to be checked, once it is known: it says how large an open dim is, or its list comes
  // later.
  bool is_checked_late(const Node& n) const {
    const TensorType &in = g_.value(n.inputs[0]).type, &out = g_.value(n.outputs[0]).type;
    const bool waits = n.inputs.size() > 1 && n.inputs[1] != kNone && !g_.value(n.inputs[1]).constant;
    return (waits && !is_proven_same(in, out)) || (!concrete_dims(in) && concrete_dims(out));
  }

  void view(NodeId id) {
    if (is_checked_late(g_.node(id))) return;
    const ValueId near = source(id);
    const Node* first = producer(near);
    const bool is_run =
        first != nullptr && first->op->is_view && first->outputs.size() == 1 && !is_checked_late(*first);
    const ValueId from = is_run ? map_[Graph::index(first->inputs[0])] : near;
    Node& n = g_.node(id);
    const Value& out = g_.value(n.outputs[0]);
    if (is_same_shape(g_.value(from).type, out.type)) return drop(id, from);
    const auto dims = concrete_dims(out.type);
    if (from == near || (!dims && !stands_alone(n))) return;
    n.inputs[0] = from;
    if (stands_alone(n)) return;
    views_.push_back({from, n.outputs[0], *dims, n.name, out.name});
    gone_[Graph::index(id)] = true;
  }

  Graph& g_;
  std::vector<ValueId> map_;
  std::vector<bool> gone_;
  std::vector<View> views_;
};

}  // namespace

void cancel_pairs(Graph& graph) { Cancel(graph).run(); }

}  // namespace rondo
