// Makes constants of a graph its inputs, so that no pass folds them and their gradients exist. For the trainer, on a
// copy of the imported graph and before any pass.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"

namespace rondo::train {

// Every value that holds one of the chosen tensors (the very object, as Candidate::tensor) becomes variable: in the
// main graph an input, and in the graphs that If, Loop and Scan hold a captured value. Gives the new inputs of the main
// graph by chosen tensor, appended to Graph::inputs in this order, each of the tensor's shape. Inputs have the tensor's
// type, except that of float16 and bfloat16 tensors is float32: the master copy, which a Cast rounds to nearest even as
// writing it back does. A chosen tensor that the graph does not hold still gets its input, which nothing reads.
std::vector<ValueId> free_parameters(Graph& graph, std::span<const TensorPtr> chosen);

}  // namespace rondo::train
