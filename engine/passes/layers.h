// What a user calls a layer: the recurrent nodes of a graph and the tensors that training may change, under names that
// do not depend on what an exporter called them. For `rondo inspect` and for training. Both look into subgraphs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ops/recurrent.h"

namespace rondo {

struct RecurrentLayer {
  std::string alias;             // "lstm.0": the operator, counted in the order of the graph
  const Graph* graph = nullptr;  // holds the node: the given graph or one inside it
  NodeId node = kNoNode;
  ops::RecurrentForm form;
  Dim time{}, batch{}, input_size{}, hidden_size{};  // as far as the graph knows them
  // Layers that feed each other through nothing but views, casts and Concat form a stack; position counts from 0.
  std::size_t stack = 0;
  std::size_t position = 0;
  std::size_t depth = 1;  // layers of the stack

  const Node& op() const { return graph->node(node); }
  // The value at an input (ops::recurrent_input); kNone when it is absent.
  ValueId input(std::size_t i) const { return i < op().inputs.size() ? op().inputs[i] : kNone; }
  bool has(std::size_t i) const { return input(i) != kNone; }
};

// In the order in which they run.
std::vector<RecurrentLayer> recurrent_layers(const Graph& graph);

// A tensor that a layer learns, or one direction's block of it.
struct Parameter {
  // "lstm.0.fw/R", "fc.0/W", "conv.1/B", "norm.0/scale", "embed.0". A tensor that several layers share has several. A
  // layer's input computed from more than one tensor counts them: "lstm.0.fw/W.0", "lstm.0.fw/W.1".
  std::vector<std::string> aliases;
  const Graph* graph = nullptr;       // holds the value
  ValueId value = kNone;              // the constant as the file has it
  int direction = -1;                 // 0 or 1: only this index of the tensor's dim 0; -1: all of it
  std::vector<std::int64_t> shape{};  // of the block: dim 0 is 1 when direction is given
  bool recurrent = false;             // belongs to an RNN, LSTM or GRU
  bool bias = false;
  bool head = false;     // belongs to a layer after the last recurrent one
  std::string frozen{};  // why it cannot be trained; empty when it can

  const Tensor& tensor() const { return *graph->value(value).constant; }
  const std::string& name() const { return graph->value(value).name; }
  std::int64_t count() const { return element_count(shape); }
};

// Tensors are followed to where the file stores them, through Identity, Cast, Reshape, Squeeze, Unsqueeze, Flatten,
// Transpose, Slice, Split, Concat and DequantizeLinear, and out of subgraphs.
std::vector<Parameter> parameters(const Graph& graph);

}  // namespace rondo
