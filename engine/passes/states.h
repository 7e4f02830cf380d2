// Finds what a model hands from one call to the next, and makes it do so where it does not. For streams.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace rondo {

// Indices into Graph::inputs and Graph::outputs.
struct HeldState {
  std::size_t input, output;
  TensorPtr initial{};  // null: zeros
};

// Inputs whose next value is an output: of the same type, and either of names that differ only in a word for before and
// after, or the initial state and the last state of the same recurrent layer.
std::vector<HeldState> find_states(const Graph& graph);

// Makes the states of every recurrent layer inputs and outputs of the graph, behind those it has. Throws
// Error(unsupported) naming the layer whose state cannot be held: it reads backwards, has sequence_lens, sits inside an
// If, Loop or Scan, or starts from a computed state.
std::vector<HeldState> hold_layer_states(Graph& graph);

// The axis of each input and output that counts the time steps of the recurrent layers, or the sequences they work on
// side by side; -1 where there is none. The graph's dims are followed as symbols, so an axis of fixed size is not
// found.
struct Axes {
  std::vector<int> inputs, outputs;
};
Axes time_axes(const Graph& graph);
Axes batch_axes(const Graph& graph);

}  // namespace rondo
