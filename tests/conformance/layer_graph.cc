#include "conformance/layer_graph.h"

#include <utility>

#include "exporters/onnx/export.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::conformance {
namespace {

TensorPtr scaled(DType dtype, std::vector<std::int64_t> shape, double scale, std::uint64_t seed) {
  Tensor t = test::random_tensor(dtype, std::move(shape), seed);
  if (dtype == DType::float32) {
    for (float& value : t.values<float>()) value *= static_cast<float>(scale);
  } else {
    for (double& value : t.values<double>()) value *= scale;
  }
  return test::shared(std::move(t));
}

TensorPtr block(const TensorPtr& tensor, std::int64_t d) { return test::shared(take(tensor->view(), 0, {d})); }

}  // namespace

LayerWeights random_weights(const LayerSizes& s, DType dtype, std::uint64_t seed) {
  return {scaled(dtype, {s.D, s.G * s.H, s.I}, 0.4, 3 * seed), scaled(dtype, {s.D, s.G * s.H, s.H}, 0.4, 3 * seed + 1),
          scaled(dtype, {s.D, 2 * s.G * s.H}, 0.3, 3 * seed + 2)};
}

LayerWeights one_direction(const LayerWeights& weights, std::int64_t d) {
  return {block(weights.W, d), block(weights.R, d), block(weights.B, d)};
}

ValueId LayerGraph::input(const std::string& name, DType dtype, const std::vector<std::int64_t>& shape) {
  Shape dims;
  for (std::int64_t dim : shape) dims.push_back(Dim(dim));
  return graph_.add_input(name, test::type_of(dtype, std::move(dims)));
}

LayerGraph::Outputs LayerGraph::layer(ValueId x, const LayerWeights& weights, const std::string& direction,
                                      ValueId lengths) {
  const std::string name = fresh("layer");
  const auto constant = [&](const char* port, const TensorPtr& tensor) {
    return graph_.add_constant(name + port, tensor);
  };
  Attributes attributes{{"direction", direction}};
  if (op_.name == "GRU") attributes.push_back({"linear_before_reset", std::int64_t{1}});
  const NodeId node =
      graph_.add_node(op_, name, std::move(attributes),
                      {x, constant(".W", weights.W), constant(".R", weights.R), constant(".B", weights.B), lengths},
                      {name + ".Y", name + ".Y_h"});
  return {graph_.node(node).outputs[0], graph_.node(node).outputs[1]};
}

ValueId LayerGraph::transpose(ValueId x, std::vector<std::int64_t> perm) {
  return add(ops::transpose(), {{"perm", std::move(perm)}}, {x});
}

ValueId LayerGraph::reshape(ValueId x, std::vector<std::int64_t> dims) {
  return add(ops::reshape(), {},
             {x, graph_.add_constant(fresh("dims"), test::shared(test::int64_tensor(std::move(dims))))});
}

ValueId LayerGraph::squeeze(ValueId x, std::int64_t axis) {
  return add(ops::squeeze(), {}, {x, graph_.add_constant(fresh("axes"), test::shared(test::int64_tensor({axis})))});
}

std::vector<Tensor> LayerGraph::run(const Choice& choice, const std::vector<Tensor>& inputs) const {
  return Engine(export_model(graph_), choice).run(inputs);
}

std::string LayerGraph::planned(const Choice& choice, const std::vector<Tensor>& inputs) const {
  Engine engine(export_model(graph_), choice);
  engine.run(inputs);
  std::string ops;
  for (const StepInfo& step : engine.steps()) ops += (ops.empty() ? "" : " ") + step.op;
  return ops;
}

ValueId LayerGraph::add(const OpDef& op, Attributes attributes, std::vector<ValueId> inputs) {
  return test::add(graph_, op, std::move(attributes), std::move(inputs), fresh(op.name));
}

Tensor run_layer(const OpDef& op, const LayerWeights& weights, const std::string& direction, const Tensor& x,
                 const Choice& choice) {
  LayerGraph g(op);
  g.output(g.layer(g.input("X", x.dtype(), x.shape()), weights, direction).y);
  std::vector<Tensor> inputs;
  inputs.emplace_back(x.view());
  return std::move(g.run(choice, inputs)[0]);
}

}  // namespace rondo::conformance
