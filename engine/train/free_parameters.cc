// The main graph first gets one value for each tensor: the input, or its Cast. Then every graph on the way down to a
// reader captures that value from the graph around it.
#include "train/free_parameters.h"

#include <algorithm>
#include <unordered_map>

#include "ops/op_list.h"
#include "ops/subgraph.h"
#include "passes/subgraphs.h"

namespace rondo::train {
namespace {

constexpr std::size_t kAbsent = ~std::size_t{0};

using Index = std::unordered_map<const Tensor*, std::size_t>;  // place in the list of chosen tensors

std::size_t chosen_index(const Index& index, const Value& value) {
  const auto it = value.constant ? index.find(value.constant.get()) : index.end();
  return it == index.end() ? kAbsent : it->second;
}

// Which of the chosen tensors a graph or one inside it holds.
void mark_held(const Graph& graph, const Index& index, std::vector<bool>& held) {
  for (std::size_t i = 0; i < graph.num_values(); ++i) {
    const std::size_t at = chosen_index(index, graph.value(ValueId{static_cast<std::uint32_t>(i)}));
    if (at != kAbsent) held[at] = true;
  }
  for (NodeId id : graph.order())
    for (const Attribute& a : graph.node(id).attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value)) mark_held(**sub, index, held);
}

// Readers of values that hold a chosen tensor read values[its place] instead, and nothing is known of those any more.
void redirect(Graph& graph, const Index& index, std::span<const ValueId> values) {
  auto map = graph.identity_map();
  for (std::size_t i = 0; i < map.size(); ++i) {
    Value& value = graph.value(map[i]);
    const std::size_t at = chosen_index(index, value);
    if (at == kAbsent) continue;
    if (std::ranges::find(graph.captures, map[i]) != graph.captures.end()) value.constant.reset();
    map[i] = values[at];
  }
  graph.replace_uses(std::move(map));
}

// What the graph, or one inside it, calls a value that holds the tensor; empty when none does.
std::string name_in(const Graph& graph, const Tensor& tensor) {
  for (std::size_t i = 0; i < graph.num_values(); ++i) {
    const Value& value = graph.value(ValueId{static_cast<std::uint32_t>(i)});
    if (value.constant.get() == &tensor) return value.name;
  }
  std::string name;
  for (NodeId id : graph.order())
    for (const Attribute& a : graph.node(id).attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value); sub != nullptr && name.empty())
        name = name_in(**sub, tensor);
  return name;
}

class Lifting {
 public:
  Lifting(const Index& index, std::span<const TensorPtr> chosen) : index_(index), chosen_(chosen) {}

  // values: of `graph`, by chosen tensor; kNone where nothing inside needs it.
  void lower(Graph& graph, const std::vector<ValueId>& values) const {
    for (NodeId id : graph.order())
      if (has_subgraphs(graph.node(id))) lower(graph.node(id), values);
  }

 private:
  void lower(Node& node, const std::vector<ValueId>& values) const {
    std::vector<bool> held(chosen_.size());
    for (const Attribute& a : node.attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value)) mark_held(**sub, index_, held);
    if (std::ranges::find(held, true) == held.end()) return;
    std::vector<std::size_t> slots(chosen_.size(), kAbsent);
    for (std::size_t i = 0; i < chosen_.size(); ++i)
      if (held[i]) slots[i] = capture(node, values[i]);
    rewrite_subgraphs(node, [&](Graph& inner) { rewrite(inner, slots, node.num_captures); });
  }

  // The place of a value among those the node captures, where it is put when it is none yet.
  static std::size_t capture(Node& node, ValueId value) {
    const auto first = node.inputs.begin() + static_cast<std::ptrdiff_t>(ops::own_inputs(node));
    const auto found = std::find(first, node.inputs.end(), value);
    if (found != node.inputs.end()) return static_cast<std::size_t>(found - first);
    node.inputs.push_back(value);
    return node.num_captures++;
  }

  void rewrite(Graph& inner, const std::vector<std::size_t>& slots, std::size_t captures) const {
    inner.captures.resize(captures, kNone);
    std::vector<bool> held(chosen_.size());
    mark_held(inner, index_, held);
    std::vector<ValueId> values(chosen_.size(), kNone);
    for (std::size_t i = 0; i < chosen_.size(); ++i)
      if (held[i]) values[i] = captured_value(inner, inner.captures[slots[i]], *chosen_[i]);
    redirect(inner, index_, values);
    lower(inner, values);
  }

  // The inner value for a captured one; a new one when this graph did not capture it so far.
  static ValueId captured_value(Graph& inner, ValueId& capture, const Tensor& tensor) {
    if (capture != kNone) return capture;
    const TensorType type = concrete_type(tensor.dtype(), tensor.shape());
    capture = inner.add_value(inner.fresh_name(name_in(inner, tensor) + ".trained"), type);
    return capture;
  }

  const Index& index_;
  std::span<const TensorPtr> chosen_;
};

bool is_half(DType t) { return t == DType::float16 || t == DType::bfloat16; }

}  // namespace

std::vector<ValueId> free_parameters(Graph& graph, std::span<const TensorPtr> chosen) {
  Index index;
  for (std::size_t i = 0; i < chosen.size(); ++i) index.emplace(chosen[i].get(), i);
  std::vector<ValueId> inputs, values;
  for (const TensorPtr& tensor : chosen) {
    const std::string name = name_in(graph, *tensor) + ".trained";
    const DType dtype = is_half(tensor->dtype()) ? DType::float32 : tensor->dtype();
    inputs.push_back(graph.add_input(graph.fresh_name(name), concrete_type(dtype, tensor->shape())));
    values.push_back(inputs.back());
    if (dtype == tensor->dtype()) continue;
    const NodeId cast =
        graph.add_node(ops::cast(), name + ".rounded", {{"to", static_cast<std::int64_t>(tensor->dtype())}},
                       {inputs.back()}, {graph.fresh_name(name + ".rounded")});
    values.back() = graph.node(cast).outputs[0];
  }
  redirect(graph, index, values);
  Lifting(index, chosen).lower(graph, values);
  graph.sort();
  return inputs;
}

}  // namespace rondo::train
