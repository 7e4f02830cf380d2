// Graphs run as the runtime runs them, and their gradients beside differences: for tests of whole graphs.
#pragma once

#include <vector>

#include "base/run_meter.h"
#include "base/thread_pool.h"
#include "ir/graph.h"
#include "runtime/compiled.h"
#include "runtime/execution.h"

namespace rondo::test {

class Executed {
 public:
  explicit Executed(Graph graph);
  std::vector<Tensor> run(const std::vector<Tensor>& inputs);

 private:
  ThreadPool pool_{1};
  RunMeter meter_{RunLimits{}};
  Compiled compiled_;
  Execution execution_;
};

std::vector<Tensor> copies(const std::vector<Tensor>& tensors);

// The largest relative difference between gradients of the graph's float64 outputs, weighed by random numbers, by all
// its float64 inputs, and differences. Every gradient has the shape of its input.
double gradient_error(const Graph& graph, const std::vector<Tensor>& inputs);

}  // namespace rondo::test
