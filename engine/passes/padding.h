// Sequences of different lengths in one batch, for a model that has no input for lengths: training adds one, where
// padding then reaches nothing.
#pragma once

#include <string>

#include "ir/graph.h"

namespace rondo {

// "node 'mean' (ReduceMean) works along time": the first node that would mix padded steps with real ones even if every
// recurrent layer knew the lengths. Empty: none would. Values behind Y at steps past a row's end may be anything; they
// stay at those steps.
std::string who_sees_padding(const Graph& graph);

// Every recurrent layer along the time axis that has no sequence_lens gets the new input of the graph, int32 [N]. For
// graphs in which nobody sees padding.
ValueId add_lengths(Graph& graph);

}  // namespace rondo
