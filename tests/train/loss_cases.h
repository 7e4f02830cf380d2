// Losses of one set of numbers, and what PyTorch makes of them: for the tests of values and of gradients.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rondo/tensor.h"
#include "train/losses.h"

namespace rondo::test {

// The sum over everything that counts, its count, and of the gradient g of the sum, by the scores: the sum of its
// squares, and the sum of (i + 1) g[i].
struct LossCase {
  std::string name;
  train::LossOptions options;
  double sum, count, gradient_square, gradient_product;
  bool time_first = false;  // target and weights are transposed
};
std::vector<LossCase> loss_cases();

// [2,3,4]: 2 sin(1.7 i + 0.3).
Tensor loss_scores(DType dtype);

// A graph with one input, the scores, that is its output, and the loss behind it.
class LossRun {
 public:
  explicit LossRun(const LossCase& c);
  std::pair<double, double> value(const TensorView& scores) const;  // sum, count

  Graph graph;
  train::LossNodes nodes;
  std::vector<Tensor> more;  // what the inputs of the loss get, in the graph's order
};

}  // namespace rondo::test
