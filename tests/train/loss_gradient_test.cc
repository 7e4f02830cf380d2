// Gradients of losses by their scores, against PyTorch's: the ordinary differentiation of the nodes that a loss is.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "autodiff/differentiate.h"
#include "loss_cases.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using train::Loss;
using train::LossOptions;

std::vector<double> gradient_of(const LossCase& c, const Tensor& scores) {
  LossRun run(c);
  const ValueId x = run.graph.inputs[0];
  run.graph.outputs = differentiate(run.graph, run.nodes.sum, {&x, 1});
  std::vector<Tensor> inputs;
  inputs.emplace_back(scores.view());
  for (const Tensor& t : run.more) inputs.emplace_back(t.view());
  const auto out = interpret(run.graph, inputs);
  EXPECT_EQ(out[0].shape(), scores.shape());
  const auto values = out[0].values<double>();
  return {values.begin(), values.end()};
}

void expect_gradient(const LossCase& c, const std::vector<double>& g) {
  double square = 0, product = 0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    square += g[i] * g[i];
    product += static_cast<double>(i + 1) * g[i];
  }
  EXPECT_NEAR(square, c.gradient_square, 1e-12 * c.gradient_square) << c.name;
  EXPECT_NEAR(product, c.gradient_product, 1e-12 * 24 * std::sqrt(24 * c.gradient_square)) << c.name;
}

TEST(LossGradients, AreThoseOfPyTorch) {
  for (const LossCase& c : loss_cases()) expect_gradient(c, gradient_of(c, loss_scores(DType::float64)));
}

TEST(LossGradients, OfPaddingAreZeroWhateverItHolds) {
  for (const LossCase& c : loss_cases()) {
    if (!c.options.lengths) continue;
    Tensor x = loss_scores(DType::float64);
    for (std::size_t i = 16; i < 24; ++i)
      x.values<double>()[i] =
          i % 2 == 0 ? std::numeric_limits<double>::quiet_NaN() : -std::numeric_limits<double>::infinity();
    const std::vector<double> g = gradient_of(c, x);
    expect_gradient(c, g);
    for (std::size_t i = 16; i < 24; ++i) EXPECT_EQ(g[i], 0) << c.name;
  }
}

}  // namespace
}  // namespace rondo::test
