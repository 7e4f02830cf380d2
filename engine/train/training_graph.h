// The graphs that training and evaluation run: a model whose trained constants became inputs, its losses behind it, and
// for training the gradients behind those. For the trainer.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "passes/states.h"
#include "train/losses.h"

namespace rondo::train {

struct LossRequest {
  std::size_t output = 0;  // index into the model's outputs
  LossOptions options{};
  double weight = 1;  // of several losses
};

struct TrainingGraphOptions {
  std::vector<TensorPtr> trained;  // constants of the model
  std::vector<LossRequest> losses;
  bool gradients = true;     // of every trained tensor
  bool predictions = false;  // the outputs that losses are attached to, as the model gives them
  bool lengths = false;      // recurrent layers without sequence_lens get an input for them (passes/padding.h)
  double dropout = 0;        // of what a recurrent layer hands to the next one, where there are gradients
  bool hold_states = false;  // where the model hands no states on, those of its layers become inputs and outputs
};

// Indices into the inputs of the graph; -1: not asked for (LossNodes).
struct LossInputs {
  int target = -1, weight = -1, lengths = -1, target_lengths = -1;
  std::string note{};
};

// Inputs: those of the model, trained tensors, lengths, held states, what the losses read, the seed of dropout.
// Outputs: sum and count of each loss, the next values of the states, predictions, gradients.
struct TrainingGraph {
  Graph graph;
  std::vector<HeldState> states;  // input: of the graph; output: of the graph
  std::size_t first_parameter = 0;
  int lengths = -1;       // the input for lengths, int32 [N]; -1: none was added
  int dropout_seed = -1;  // the input that says what is dropped, int64 []; -1: nothing is
  std::vector<LossInputs> losses;
  std::size_t first_prediction = 0;
  std::size_t first_gradient = 0;
  std::vector<int> gradient_of;  // by trained tensor: its gradient, counted from first_gradient; -1: no influence
};

// With one loss the gradients are those of its sum, for the caller to divide by the count of all that a step
// accumulates. With several they are those of the sum of weight * sum / count.
// Throws Error(unsupported) for what cannot be differentiated or whose states cannot be held, Error(usage) for dropout
// where no recurrent layer stands on another one, and what attach_loss throws.
TrainingGraph training_graph(const Graph& model, const TrainingGraphOptions& options);

}  // namespace rondo::train
