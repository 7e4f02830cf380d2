// A run of fine-tuning: epochs of shuffled batches, validation after each, early stopping, the best weights at the end.
// Its whole state is a value, so that a checkpoint can hold it and a run that goes on from there gives the same bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "train/batches.h"
#include "train/judge.h"
#include "train/schedules.h"
#include "train/trainer.h"

namespace rondo::train {

struct FitOptions {
  std::int64_t epochs = 1;
  std::int64_t max_steps = 0;  // of the optimizer; 0: as many as the epochs take
  std::int64_t batch_size = 32;
  std::int64_t accumulate = 1;  // batches whose gradients make one step
  ScheduleOptions schedule{};   // total_steps, warmup_steps and steps_per_epoch follow from the run
  double warmup_ratio = 0;      // of all steps; schedule.warmup_steps counts where this is 0
  std::int64_t early_stop = 0;  // validations in a row without a better one that end the run; 0: none do
  std::uint64_t seed = 0;
  bool shuffle = true;
  bool skip_nonfinite = false;       // batches whose loss or gradient is not finite are left out and counted
  std::int64_t overfit_batches = 0;  // only so many batches, over and over; 0: all
};

// Where a run stands. Everything that decides what it does next, but the weights and what the optimizer keeps.
struct FitState {
  Cursor cursor{};
  std::int64_t step = 0;  // of the optimizer, so far
  std::int64_t skipped = 0;
  LossValue epoch_loss{};  // of the training batches of this epoch
  Schedule::State schedule{};
  std::optional<double> best{};     // the best validation loss
  std::int64_t best_epoch = -1;     // after which it was found; -1: before the first
  std::int64_t since_best = 0;      // validations since
  std::vector<Tensor> best_values;  // of the trained tensors then
};

struct StepEvent {
  std::int64_t step, steps;  // of the optimizer: this one, counted from 1, and all of the run
  std::int64_t epoch;
  double loss, lr, gradient_norm;
  std::int64_t samples, time_steps;
};
struct EpochEvent {
  std::int64_t epoch;  // counted from 1
  double training_loss;
  std::optional<double> validation_loss;
  bool best;
  double lr;
  Metrics metrics{};  // of the validation
};

struct FitEvents {
  std::function<void(const StepEvent&)> step{};
  std::function<void(const EpochEvent&)> epoch{};
  std::function<void(const FitState&)> save{};  // at moments a run can go on from: after every step
  const std::atomic<bool>* stop = nullptr;      // set: the run ends after the step at work
};

enum class Ending { finished, early, stopped };

class Fit {
 public:
  // validation may be the same feeds; its samples may be none. Throws Error(usage) for numbers out of range.
  Fit(Trainer& trainer, const Feeds& training, std::vector<std::int64_t> samples, const Feeds& validation,
      std::vector<std::int64_t> validation_samples, const FitOptions& options);

  std::int64_t steps() const noexcept { return steps_; }  // of the optimizer, in the whole run
  FitState& state() noexcept { return state_; }
  const FitState& state() const noexcept { return state_; }

  // Over the validation samples, or over those of training where there are none.
  Score score();
  // Goes on from state(). Afterwards the trainer has the best weights, when there was a validation.
  Ending run(const FitEvents& events = {});

 private:
  bool learn(const FitEvents& events);
  bool validate(const FitEvents& events);
  void keep_best(double loss);
  std::int64_t batches() const noexcept;

  Trainer& trainer_;
  const Feeds &training_, &validation_;
  FitOptions options_;
  Batches batches_;
  std::vector<std::int64_t> samples_, validation_samples_;
  std::int64_t steps_ = 0;
  Schedule schedule_;
  FitState state_;
};

}  // namespace rondo::train
