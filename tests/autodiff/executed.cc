#include "executed.h"

#include <gtest/gtest.h>

#include "autodiff/differentiate.h"
#include "difference.h"
#include "support/graphs.h"

namespace rondo::test {

Executed::Executed(Graph graph)
    : compiled_(std::move(graph), SessionOptions{}, pool_, ""), execution_(compiled_.program, meter_) {}

std::vector<Tensor> Executed::run(const std::vector<Tensor>& inputs) {
  std::vector<TensorView> views;
  for (const Tensor& t : inputs) views.push_back(t.view());
  meter_.start();
  std::vector<Tensor> out;
  for (const TensorView& view : execution_.run(views)) out.emplace_back(view);
  return out;
}

std::vector<Tensor> copies(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> out;
  for (const Tensor& t : tensors) out.emplace_back(t.view());
  return out;
}

double gradient_error(const Graph& graph, const std::vector<Tensor>& inputs) {
  Executed forward(graph);
  const std::vector<Tensor> outputs = forward.run(inputs);
  Graph g = graph;
  std::vector<Tensor> given = copies(inputs), weights;
  std::vector<Seed> seeds;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    weights.push_back(outputs[k].dtype() == DType::float64 ? random_tensor(DType::float64, outputs[k].shape(), 900 + k)
                                                           : Tensor());
    if (outputs[k].dtype() != DType::float64) continue;
    const TensorType type = g.value(g.outputs[k]).type;
    seeds.push_back({g.outputs[k], g.add_input("weight" + std::to_string(k), type)});
    given.emplace_back(weights[k].view());
  }
  std::vector<ValueId> wanted;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].dtype() != DType::float64) continue;
    wanted.push_back(graph.inputs[i]);
    places.push_back(i);
  }
  const auto grads = differentiate(g, seeds, wanted);
  g.outputs.clear();
  for (const ValueId grad : grads)
    if (grad != kNone) g.outputs.push_back(grad);
  verify(g);
  Executed backward(std::move(g));
  std::vector<Tensor> found = backward.run(given);
  double worst = 0;
  std::size_t next = 0;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    const Tensor& input = inputs[places[k]];
    std::vector<double> got(static_cast<std::size_t>(input.count()));
    if (grads[k] != kNone) {
      EXPECT_EQ(found[next].shape(), input.shape()) << graph.value(wanted[k]).name;
      got = doubles(found[next++]);
    }
    const auto f = [&](const std::vector<Tensor>& in) { return weighed_sum(forward.run(in), weights); };
    const auto expected = differences(f, copies(inputs), places[k]);
    const double error = relative_difference(got, expected);
    EXPECT_LE(error, 1e-6) << graph.value(wanted[k]).name << ": " << ::testing::PrintToString(got)
                           << " where differences give " << ::testing::PrintToString(expected);
    worst = std::max(worst, error);
  }
  return worst;
}

}  // namespace rondo::test
