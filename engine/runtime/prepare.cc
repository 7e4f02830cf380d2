#include "runtime/prepare.h"

#include <algorithm>
#include <cstring>

#include "passes/passes.h"

namespace rondo {
namespace {

constexpr std::int64_t kMaxShapeInput = 4096;  // elements of an input that may decide shapes

bool may_decide_shapes(const TensorView& v) { return !is_floating(v.dtype) && v.count() <= kMaxShapeInput; }

bool is_open(const Graph& g, const Node& n) {
  return std::ranges::any_of(n.outputs, [&](ValueId v) { return v != kNone && !concrete_dims(g.value(v).type); });
}

// Marks the graph inputs that the values wanted by open shape rules are computed from. True when one is new.
bool mark_inputs_that_decide_shapes(const Graph& g, std::span<const TensorView> inputs, std::vector<bool>& decides) {
  std::vector<ValueId> todo;
  for (NodeId id : g.order()) {
    if (!is_open(g, g.node(id))) continue;
    for (ValueId v : g.values_wanted(id)) todo.push_back(v);
  }
  std::vector<bool> seen(g.num_values());
  bool grew = false;
  while (!todo.empty()) {
    const ValueId v = todo.back();
    todo.pop_back();
    if (v == kNone || g.value(v).constant || seen[Graph::index(v)]) continue;
    seen[Graph::index(v)] = true;
    const auto input = std::ranges::find(g.inputs, v);
    if (input != g.inputs.end()) {
      const auto i = static_cast<std::size_t>(input - g.inputs.begin());
      if (decides[i] || !may_decide_shapes(inputs[i])) continue;
      grew = decides[i] = true;
    } else if (g.value(v).producer != kNoNode) {
      const auto& more = g.node(g.value(v).producer).inputs;
      todo.insert(todo.end(), more.begin(), more.end());
    }
  }
  return grew;
}

Graph bound_graph(const Graph& graph, std::span<const TensorView> inputs, const std::vector<bool>& decides) {
  std::vector<TensorView> bound(inputs.begin(), inputs.end());
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (!decides[i]) bound[i].data = nullptr;
  return specialize(graph, bound);
}

}  // namespace

void simplify(Graph& graph) {
  widen_half(graph);                // references and kernels compute in float and double
  fold_constants(graph);            // weights that exporters leave as Slice-Concat-Unsqueeze chains
  remove_identities(graph);         // Identity and Dropout leave no step
  cancel_pairs(graph);              // Cast there and back, Transpose after Transpose
  fold_batch_normalization(graph);  // becomes part of the weights before it
  recover_cells(graph);             // cells that were written out run on the kernels of layers
  remove_dead(graph);
}

bool Prepared::fits(std::span<const TensorView> views) const noexcept {
  if (views.size() != inputs.size()) return false;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Input& want = inputs[i];
    if (views[i].dtype != want.dtype || !std::ranges::equal(views[i].shape, want.shape)) return false;
    if (want.value && want.value->bytes() != 0 &&
        std::memcmp(want.value->data(), views[i].data, want.value->bytes()) != 0)
      return false;
  }
  return true;
}

std::shared_ptr<const Prepared> prepare(const Graph& graph, std::span<const TensorView> inputs,
                                        std::vector<bool>& decides_shapes, const LoweringOptions& options,
                                        WeightCache& weights) {
  Graph g = bound_graph(graph, inputs, decides_shapes);
  while (mark_inputs_that_decide_shapes(g, inputs, decides_shapes)) g = bound_graph(graph, inputs, decides_shapes);

  remove_identities(g);    // Slice and Expand that keep the shape, now that shapes are known
  recover_cells(g);        // cells whose batch or cut of gates was open before
  transposes_to_views(g);  // batch or length 1 makes most transposes free
  cancel_pairs(g);         // of views in a row the last decides
  fold_recurrent_glue(g);  // the others become strides of the layer beside them
  remove_dead(g);          // what the rewrites left without a reader
#ifndef NDEBUG
  verify(g);
#endif
  auto prepared = std::make_shared<Prepared>();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    prepared->inputs.push_back({inputs[i].dtype, {inputs[i].shape.begin(), inputs[i].shape.end()}, std::nullopt});
    if (decides_shapes[i] && inputs[i].data != nullptr) prepared->inputs.back().value.emplace(inputs[i]);
  }
  prepared->plan = make_plan(std::move(g), options, weights);
  return prepared;
}

}  // namespace rondo
