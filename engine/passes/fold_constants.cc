// Evaluation is the operator's own scalar reference, so a folded value is exactly what the reference backend computes.
#include <algorithm>
#include <optional>

#include "base/aligned.h"
#include "base/checked.h"
#include "passes/passes.h"
#include "passes/subgraphs.h"

namespace rondo {
namespace {

bool is_foldable(const Graph& g, const Node& n) {
  if (n.op->eval == nullptr || n.num_captures != 0 || n.inputs.empty()) return false;
  const auto is_ready = [&](ValueId in) {
    if (in == kNone) return true;
    return n.op->reads_shapes_only ? concrete_dims(g.value(in).type).has_value() : g.value(in).constant != nullptr;
  };
  return std::ranges::all_of(n.inputs, is_ready);
}

// The bytes the outputs would take; nullopt while a shape is open or a size overflows.
std::optional<std::size_t> output_bytes(const Graph& g, const Node& n) {
  std::int64_t total = 0;
  for (ValueId out : n.outputs) {
    if (out == kNone) continue;
    const auto dims = concrete_dims(g.value(out).type);
    if (!dims) return std::nullopt;
    std::optional<std::int64_t> bytes = static_cast<std::int64_t>(size_of(g.value(out).type.dtype));
    for (std::int64_t d : *dims)
      if (bytes) bytes = checked_mul(*bytes, d);
    if (bytes) bytes = checked_add(total, *bytes);
    if (!bytes) return std::nullopt;
    total = *bytes;
  }
  return static_cast<std::size_t>(total);
}

void fold_node(Graph& g, NodeId id) {
  const Node n = g.node(id);  // a copy: folding changes the node's outputs
  std::vector<std::vector<std::int64_t>> dims(n.inputs.size());
  std::vector<TensorView> inputs(n.inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (n.inputs[i] == kNone) continue;
    const Value& v = g.value(n.inputs[i]);
    dims[i] = *concrete_dims(v.type);
    inputs[i] = {v.type.dtype, dims[i], v.constant ? v.constant->data() : nullptr};
  }
  std::vector<std::shared_ptr<Tensor>> results(n.outputs.size());
  std::vector<MutableTensorView> outputs(n.outputs.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (n.outputs[i] == kNone) continue;
    const TensorType& type = g.value(n.outputs[i]).type;
    results[i] = std::make_shared<Tensor>(type.dtype, *concrete_dims(type));
    outputs[i] = results[i]->view();
  }
  AlignedArray<std::byte> scratch;
  if (n.op->scratch_bytes != nullptr) scratch = make_aligned<std::byte>(n.op->scratch_bytes(n, inputs));
  try {
    n.op->eval({n, inputs, outputs, scratch.get()});
  } catch (Error& e) {
    throw e.at_node(n.name, n.op->name, static_cast<std::int64_t>(Graph::index(id)), g.name);
  }
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) g.make_constant(n.outputs[i], results[i]);
}

}  // namespace

std::size_t fold_constants(Graph& graph, const FoldLimits& limits, ErrorCode code) {
  std::vector<bool> folded(graph.node_capacity());
  std::size_t total = 0;
  for (NodeId id : graph.order()) {
    if (has_subgraphs(graph.node(id))) specialize_subgraphs(graph, id);
    graph.infer(id, code);
    const Node& n = graph.node(id);
    if (!is_foldable(graph, n)) continue;
    const auto bytes = output_bytes(graph, n);
    if (!bytes || *bytes > limits.bytes_per_node || total + *bytes > limits.bytes_in_all) continue;
    total += *bytes;
    fold_node(graph, id);
    folded[Graph::index(id)] = true;
  }
  graph.erase(folded);
  return total;
}

}  // namespace rondo
