#include "runtime/prepare.h"

#include <algorithm>

#include "passes/passes.h"
#include "passes/subgraphs.h"
#include "runtime/control.h"

namespace rondo {
namespace {

// What folding leaves behind goes, in the graph and in those its nodes hold.
void tidy(Graph& graph) {
  remove_identities(graph);         // Identity and Dropout leave no step
  cancel_pairs(graph);              // Cast there and back, Transpose after Transpose
  fold_batch_normalization(graph);  // becomes part of the weights before it
  recover_cells(graph);             // cells that were written out run on the kernels of layers
  for (NodeId id : graph.order())
    if (has_subgraphs(graph.node(id))) rewrite_subgraphs(graph.node(id), tidy);
  prune_captures(graph);
  loops_to_layers(graph);  // a loop over one cell is a layer
  remove_dead(graph);
}

}  // namespace

void simplify(Graph& graph, std::int64_t memory) {
  widen_half(graph);  // references and kernels compute in float and double
  FoldLimits limits;
  limits.bytes_in_all = std::min(limits.bytes_in_all, static_cast<std::size_t>(memory));
  // Weights that exporters leave as Slice-Concat-Unsqueeze chains.
  do limits.bytes_in_all -= fold_constants(graph, limits);
  while (inline_branches(graph));
  tidy(graph);
}

bool Prepared::fits(std::span<const TensorView> views) const noexcept {
  const auto same = [](const Input& want, const TensorView& v) {
    return want.dtype == v.dtype && std::ranges::equal(want.shape, v.shape);
  };
  return std::ranges::equal(inputs, views, same);
}

std::shared_ptr<const Prepared> prepare(const Graph& graph, std::span<const TensorView> inputs,
                                        const Environment& environment) {
  std::vector<TensorView> shapes(inputs.begin(), inputs.end());
  for (TensorView& v : shapes) v.data = nullptr;
  Graph g = specialize(graph, shapes);
  tidy(g);                 // Slice and Expand that keep the shape, cells whose batch was open before
  transposes_to_views(g);  // batch or length 1 makes most transposes free
  cancel_pairs(g);         // of views in a row the last decides
  fold_recurrent_glue(g);  // the others become strides of the layer beside them
  fuse_activations(g);     // Conv and what follows it are one step
  remove_dead(g);          // what the rewrites left without a reader
#ifndef NDEBUG
  verify(g);
#endif
  auto prepared = std::make_shared<Prepared>();
  for (const TensorView& v : inputs) prepared->inputs.push_back({v.dtype, {v.shape.begin(), v.shape.end()}});
  for (ValueId v : g.outputs) prepared->output_types.push_back(g.value(v).type);
  Stages stages = cut_at_open_shapes(std::move(g));
  for (LateNode& late : stages.late)
    if (has_subgraphs(late.node)) late.control = make_control(late.node, environment);
  prepared->late = std::move(stages.late);
  if (stages.rest) prepared->rest = std::make_unique<Program>(std::move(*stages.rest), environment);
  prepared->rest_inputs = std::move(stages.rest_inputs);
  prepared->outputs = std::move(stages.outputs);
  prepared->plan = make_plan(std::move(stages.head), environment);
  return prepared;
}

}  // namespace rondo
