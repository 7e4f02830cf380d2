// Losses as nodes of the graph: attach_loss appends what PyTorch's losses compute, behind an output of a model, so that
// differentiation gives their gradient like any other. For the trainer and for `rondo eval`. The mean of PyTorch is
// sum / count; both are handed out, so that batches, accumulation and ranks average correctly: a step divides the
// gradient of all sums by all counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace rondo::train {

enum class Loss { mse, l1, huber, cross_entropy, bce_with_logits, nll, ctc };

// "mse", ..., "cross-entropy", "bce-with-logits", "nll", "ctc".
std::string_view name_of(Loss loss) noexcept;
// Throws Error(usage) that lists the names.
Loss loss_named(std::string_view name);

enum class Weighting { none, sample, step };  // a weight for each row of the batch, or for each step of each row

struct LossOptions {
  Loss loss = Loss::mse;
  // Axes of the output; negative ones count from the back.
  std::int64_t batch_axis = 0;
  std::optional<std::int64_t> time_axis{};
  std::int64_t class_axis = -1;  // cross_entropy, nll, ctc; pos_weight
  bool lengths = false;          // rows end before the batch does: steps from a row's length on count for nothing
  Weighting weighting = Weighting::none;
  double delta = 1;                     // huber
  std::int64_t ignore_index = -100;     // cross_entropy, nll
  std::vector<double> class_weights{};  // cross_entropy, nll; one for each class
  double label_smoothing = 0;           // cross_entropy
  std::vector<double> pos_weight{};     // bce_with_logits; one, or one for each class
  std::int64_t blank = 0;               // ctc
  bool zero_infinity = false;           // ctc
};

// What was appended. Inputs are inputs of the graph; kNone: not asked for.
struct LossNodes {
  // mse, l1, huber, bce_with_logits: of the output's shape and type (float32 for half types). cross_entropy, nll: int64
  // classes, the output's shape without the class axis. ctc: int64 [N,S], padded with anything.
  ValueId target = kNone;
  ValueId weight = kNone;          // [N], or [N,T] in the order the axes have in the output
  ValueId lengths = kNone;         // int64 [N]
  ValueId target_lengths = kNone;  // ctc: int64 [N]
  // Scalars. sum: of weight * loss over everything valid. count: of weight over the same, where elements (mse, l1,
  // huber, bce_with_logits), places (cross_entropy, nll; times the weight of the class) or rows (ctc; losses are
  // divided by the length of their target, at least 1) count.
  ValueId sum = kNone, count = kNone;
  // "attached before Softmax 'name'" when the output ends in the function that the loss contains; else empty.
  std::string note{};
};

// Appends the loss to the graph; its outputs are left as they are. Padding, in whatever it holds, reaches neither sum
// nor count nor any gradient. Throws Error(usage) for options that do not fit the output, Error(unsupported) where its
// rank is not known or a Softmax is behind moves that hide its axis.
LossNodes attach_loss(Graph& graph, ValueId output, const LossOptions& options, const std::string& prefix = "loss");

}  // namespace rondo::train
