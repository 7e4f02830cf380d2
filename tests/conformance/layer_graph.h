// Graphs of recurrent layers with the nodes exporters put around them, and plain tensors to feed and check them. For
// tests of properties that need more than one node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/case_rows.h"
#include "conformance/engine.h"
#include "ir/graph.h"

namespace rondo::conformance {

// The weights of one layer, all directions: W [D,G*H,I], R [D,G*H,H], B [D,2*G*H].
struct LayerWeights {
  TensorPtr W, R, B;
};

struct LayerSizes {
  std::int64_t D, G, H, I;
};

// Small enough to keep activations off their flat ends.
LayerWeights random_weights(const LayerSizes& sizes, DType dtype, std::uint64_t seed);
LayerWeights one_direction(const LayerWeights& weights, std::int64_t d);

class LayerGraph {
 public:
  explicit LayerGraph(const OpDef& op) : op_(op) {}

  ValueId input(const std::string& name, DType dtype, const std::vector<std::int64_t>& shape);
  struct Outputs {
    ValueId y, y_h;
  };
  // GRU has linear_before_reset = 1, as exporters write it. lengths may be kNone.
  Outputs layer(ValueId x, const LayerWeights& weights, const std::string& direction, ValueId lengths = kNone);
  ValueId transpose(ValueId x, std::vector<std::int64_t> perm);
  ValueId reshape(ValueId x, std::vector<std::int64_t> dims);
  ValueId squeeze(ValueId x, std::int64_t axis);
  void output(ValueId value) { graph_.outputs.push_back(value); }

  const Graph& graph() const { return graph_; }
  // Exported as ONNX, loaded and run.
  std::vector<Tensor> run(const Choice& choice, const std::vector<Tensor>& inputs) const;
  // The operators of the plan that such a run has: "LSTM LSTM".
  std::string planned(const Choice& choice, const std::vector<Tensor>& inputs) const;

 private:
  std::string fresh(const std::string& name) { return name + std::to_string(count_++); }
  ValueId add(const OpDef& op, Attributes attributes, std::vector<ValueId> inputs);

  const OpDef& op_;
  Graph graph_;
  int count_ = 0;
};

// One layer alone, over time-major X: Y [T,D,N,H].
Tensor run_layer(const OpDef& op, const LayerWeights& weights, const std::string& direction, const Tensor& x,
                 const Choice& choice);

}  // namespace rondo::conformance
