// Fine-tuning of a loaded model, step by step: forward, exact backpropagation through time, clipping, one step of the
// optimizer. What a run adds to that - epochs, validation, checkpoints - is in fit.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "importers/onnx/import.h"
#include "rondo/session.h"
#include "train/feeds.h"
#include "train/optimizers.h"
#include "train/parameters.h"

namespace rondo::train {

enum class InitialState { zero, carry };

struct TrainerOptions {
  std::vector<LossRequest> losses;
  OptimizerOptions optimizer{};
  double clip_norm = 0, clip_value = 0;             // 0: none
  std::int64_t window = 0;                          // steps of truncated backpropagation; 0: through the whole sequence
  bool lengths = false;                             // Feeds::adds_lengths
  InitialState initial_state = InitialState::zero;  // carry: of a batch's rows, from what the batch before left
  double dropout = 0;                               // of what a recurrent layer hands to the next one, while it learns
  double layer_lr_decay = 1;  // the last layer learns at the rate, each one before it at this factor of the next one's
};

// Of a step or an evaluation.
struct LossValue {
  double sum = 0, count = 0;
  double mean() const noexcept { return count == 0 ? 0 : sum / count; }
};
struct StepReport {
  std::vector<LossValue> losses;  // by loss
  double loss = 0;                // the weighted sum of their means
  double gradient_norm = 0;       // before clipping
  std::int64_t samples = 0, steps = 0;
};

class Trainer {
 public:
  // The model's candidates that are marked as trained are. feeds: made with these losses. Throws Error(unsupported) for
  // a model that cannot be differentiated, Error(usage) for options that contradict each other.
  Trainer(const ImportedModel& model, std::vector<Candidate> candidates, const TrainerOptions& options,
          const SessionOptions& session);
  ~Trainer();

  // Adds the gradients of a batch to those gathered since the last update. samples are rows of the feeds' data.
  // seed: of dropout, another one for every batch.
  // Throws Error(numeric) naming the loss or the tensor when either is not finite; nothing has changed then.
  StepReport accumulate(const Feeds& feeds, std::span<const std::int64_t> samples, std::uint64_t seed = 0);
  // One step of the optimizer with what was gathered. Gives the norm of the gradient before it was clipped.
  double update(double lr);
  // Forgets what was gathered.
  void discard();

  // Losses of a batch, without learning; predictions, when given, gets the outputs that losses are attached to.
  StepReport evaluate(
      const Feeds& feeds, std::span<const std::int64_t> samples,
      const std::function<void(std::size_t loss, const TensorView& output, const FedBatch&)>& predictions = {});

  // What a model is judged by when there are several losses: the weighted sum of their means.
  double weighted(std::span<const LossValue> losses) const noexcept;

  const std::vector<Candidate>& candidates() const noexcept;
  // Of the trained tensors, in the order of the candidates: as learned so far, float32 or float64.
  std::span<Tensor> values() noexcept;
  std::span<const MutableTensorView> gradients() const noexcept;
  Optimizer& optimizer() noexcept;
  // Carried states, empty before the first batch; for checkpoints.
  std::vector<Tensor>& carried() noexcept;
  // "attached before Softmax 'probs'", trained tensors without influence: what a user should know.
  const std::vector<std::string>& notes() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rondo::train
