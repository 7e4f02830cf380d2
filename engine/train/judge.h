// How good a model is on samples it does not learn from: its losses and what people measure beside them. For
// validation, `rondo eval`, and the rows before, after and baseline of `rondo finetune`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "train/trainer.h"

namespace rondo::train {

// "accuracy", "macro_f1", ...; with several losses the output's name stands before: "tags/accuracy".
using Metrics = std::vector<std::pair<std::string, double>>;

struct Score {
  double loss = 0;  // the weighted sum of the mean losses
  Metrics metrics;  // cross-entropy, nll: accuracy, row_accuracy, macro_f1, perplexity; bce: accuracy; mse, l1,
                    // huber: mae, rmse; ctc: none
};

Score judge(Trainer& trainer, const Feeds& feeds, std::span<const std::int64_t> samples, std::int64_t batch_size);

// What must be beaten on the samples by knowing the training samples alone: name ("majority class", "mean", "last
// value") and the metrics that a model has, too.
struct Baseline {
  std::string name;
  Metrics metrics;
};
std::vector<Baseline> baselines(const Feeds& training, std::span<const std::int64_t> training_samples,
                                const Feeds& validation, std::span<const std::int64_t> samples);

}  // namespace rondo::train
