// Conv and ConvTranspose apply the function behind them to what they have just computed, while it is in the cache.
#include "ir/real_tensor.h"
#include "ops/fused_activation.h"
#include "ops/op_list.h"
#include "passes/passes.h"

namespace rondo {
namespace {

struct Found {
  Node convolution;
  ops::Activation function;
  ValueId output;  // of the function
};

// A PRelu whose slope is one number is a LeakyRelu.
std::optional<ops::Activation> function_of(const Graph& g, const Node& n) {
  if (n.op != &ops::prelu()) return ops::elementwise_activation(n);
  const Tensor* slope = real_constant(g, n.inputs[1]);
  if (slope == nullptr || slope->count() != 1) return std::nullopt;
  return ops::Activation{ops::ActivationKind::leaky_relu, real_at(*slope, 0)};
}

std::optional<Found> found(const Graph& g, const Node& n, const std::vector<std::vector<NodeId>>& readers) {
  const auto function = function_of(g, n);
  if (!function) return std::nullopt;
  const Value& x = g.value(n.inputs[0]);
  if (x.producer == kNoNode || readers[Graph::index(n.inputs[0])].size() != 1 || g.is_output(n.inputs[0]))
    return std::nullopt;
  const Node& before = g.node(x.producer);
  const bool is_convolution = before.op == &ops::conv() || before.op == &ops::conv_transpose();
  const bool is_real = x.type.dtype == DType::float32 || x.type.dtype == DType::float64;
  if (!is_convolution || !is_real || ops::fused_activation(before.attributes)) return std::nullopt;
  return Found{before, *function, n.outputs[0]};
}

}  // namespace

void fuse_activations(Graph& graph) {
  const auto readers = graph.readers();
  std::vector<Found> all;
  std::vector<bool> gone(graph.node_capacity());
  for (NodeId id : graph.order()) {
    auto f = found(graph, graph.node(id), readers);
    if (!f) continue;
    gone[Graph::index(id)] = gone[Graph::index(graph.value(graph.node(id).inputs[0]).producer)] = true;
    all.push_back(std::move(*f));
  }
  if (all.empty()) return;
  graph.erase(gone);
  auto map = graph.identity_map();
  for (Found& f : all) {
    Node& n = f.convolution;
    for (ValueId& v : n.inputs)
      if (v != kNone) v = map[Graph::index(v)];
    const NodeId made = graph.add_node(*n.op, n.name, ops::fused(std::move(n.attributes), f.function),
                                       std::move(n.inputs), {graph.value(f.output).name});
    map[Graph::index(f.output)] = graph.node(made).outputs[0];
  }
  for (std::size_t i = map.size(); i < graph.num_values(); ++i) map.push_back(ValueId{static_cast<std::uint32_t>(i)});
  graph.replace_uses(std::move(map));
  graph.sort();
}

}  // namespace rondo
