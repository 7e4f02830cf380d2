// What a graph means, as it stands: node after node in float64, each result rounded to the type it has in the graph,
// and the graphs of If, Loop and Scan by recursion. No pass, plan or kernel takes part: recurrent layers are computed
// by the oracle, other operators by their shape rule and scalar reference in double.
#pragma once

#include "differential/noise.h"
#include "differential/values.h"

namespace rondo::differential {

class Interpreter {
 public:
  // noise: added to what each node computes; null: none.
  explicit Interpreter(Noise* noise = nullptr) : noise_(noise) {}

  // captured: what the graph's captures stand for. A node that no output needs is not run. Throws Error(data).
  Values outputs(const Graph& graph, const Values& inputs, const Values& captured = {}) const;

  // The outputs of one node; inputs: its own, then what it captures.
  Values evaluate(const Node& node, const Values& inputs) const;

 private:
  Values run_if(const Node& node, const Values& inputs) const;
  Values run_loop(const Node& node, const Values& inputs) const;
  Values run_scan(const Node& node, const Values& inputs) const;

  Noise* noise_;
};

}  // namespace rondo::differential
