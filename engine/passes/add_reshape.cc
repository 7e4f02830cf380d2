#include "passes/add_reshape.h"

#include "ops/op_list.h"

namespace rondo {

ValueId add_reshape(Graph& graph, ValueId input, std::span<const std::int64_t> dims, const std::string& node_name,
                    const std::string& output_name) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const ValueId shape = graph.add_constant(graph.fresh_name(output_name + ".shape"),
                                           std::make_shared<Tensor>(Tensor::of(DType::int64, {rank}, dims)));
  const NodeId made =
      graph.add_node(ops::reshape(), node_name, {{"allowzero", std::int64_t{1}}}, {input, shape}, {output_name});
  return graph.node(made).outputs[0];
}

}  // namespace rondo
