// Appends nodes, constants and inputs to a graph under names that are free, for what training adds to a model.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"
#include "ir/real_tensor.h"

namespace rondo::train {

class GraphWriter {
 public:
  // prefix: what the names begin with, such as "loss".
  GraphWriter(Graph& graph, std::string prefix) : graph_(graph), prefix_(std::move(prefix)) {}

  Graph& graph() noexcept { return graph_; }
  const TensorType& type(ValueId value) const { return graph_.value(value).type; }

  // A node with one output.
  ValueId emit(const OpDef& op, std::vector<ValueId> inputs, Attributes attributes = {}) {
    const NodeId made = graph_.add_node(op, prefix_, std::move(attributes), std::move(inputs), {fresh(op.name)});
    return graph_.node(made).outputs[0];
  }
  // A list of int64, for inputs such as axes.
  ValueId integers(const std::vector<std::int64_t>& elements) {
    const auto count = static_cast<std::int64_t>(elements.size());
    return constant(std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {count}, elements)));
  }
  ValueId integer(std::int64_t element) {
    return constant(std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {}, {&element, 1})));
  }
  // A scalar, or a list, of float32 or float64.
  ValueId number(double value, DType dtype) {
    return constant(make_real(dtype, {}, [value](std::int64_t) { return value; }));
  }
  ValueId numbers(const std::vector<double>& values, DType dtype) {
    return constant(make_real(dtype, {static_cast<std::int64_t>(values.size())},
                              [&](std::int64_t i) { return values[static_cast<std::size_t>(i)]; }));
  }
  ValueId input(const std::string& name, TensorType type) {
    return graph_.add_input(graph_.fresh_name(prefix_ + '/' + name), std::move(type));
  }

 private:
  ValueId constant(TensorPtr tensor) { return graph_.add_constant(fresh("constant"), std::move(tensor)); }
  std::string fresh(const std::string& what) const { return graph_.fresh_name(prefix_ + '/' + what); }

  Graph& graph_;
  std::string prefix_;
};

}  // namespace rondo::train
