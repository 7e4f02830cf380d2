#include "train/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/random.h"

namespace rondo::train {
namespace {

std::vector<std::int64_t> lengths_of(const Feeds& feeds, const std::vector<std::int64_t>& samples) {
  const std::vector<std::int64_t> all = feeds.lengths();
  std::vector<std::int64_t> lengths;
  for (std::int64_t s : samples) lengths.push_back(all[static_cast<std::size_t>(s)]);
  return lengths;
}

BatchOptions batch_options(const Feeds& feeds, const FitOptions& o, bool shuffle) {
  return {.batch_size = o.batch_size,
          .seed = o.seed,
          .shuffle = shuffle,
          .by_length = shuffle,
          .equal_lengths = !feeds.needs_equal_lengths().empty(),
          .drop_last = feeds.fixed_batch() > 0};
}

void check(const FitOptions& o, const Feeds& feeds) {
  const auto at_least = [](const char* flag, std::int64_t value, std::int64_t least) {
    if (value < least)
      throw Error(ErrorCode::usage, std::string(flag) + " is out of range")
          .got(std::to_string(value))
          .expected("at least " + std::to_string(least));
  };
  at_least("--epochs", o.epochs, 1);
  at_least("--batch-size", o.batch_size, 1);
  at_least("--accumulate", o.accumulate, 1);
  at_least("--max-steps", o.max_steps, 0);
  at_least("--early-stop", o.early_stop, 0);
  at_least("--overfit-batches", o.overfit_batches, 0);
  if (!(o.warmup_ratio >= 0 && o.warmup_ratio < 1))
    throw Error(ErrorCode::usage, "--warmup-ratio is out of range")
        .got(std::to_string(o.warmup_ratio))
        .expected("0 to below 1");
  if (feeds.fixed_batch() > 0 && o.batch_size != feeds.fixed_batch())
    throw Error(ErrorCode::usage, "the model takes batches of one size only")
        .got(std::to_string(o.batch_size))
        .expected(std::to_string(feeds.fixed_batch()))
        .fix("give --batch-size " + std::to_string(feeds.fixed_batch()) + ", and --accumulate for larger steps");
}

ScheduleOptions scheduled(ScheduleOptions schedule, const FitOptions& o, std::int64_t steps, std::int64_t per_epoch) {
  schedule.total_steps = steps;
  schedule.steps_per_epoch = std::max<std::int64_t>(per_epoch, 1);
  if (o.warmup_ratio > 0) schedule.warmup_steps = std::llround(o.warmup_ratio * static_cast<double>(steps));
  return schedule;
}

void copy(std::span<Tensor> to, const std::vector<Tensor>& from) {
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i].bytes() > 0) std::memcpy(to[i].data(), from[i].data(), from[i].bytes());
}

std::int64_t ceiling(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

Fit::Fit(Trainer& trainer, const Feeds& training, std::vector<std::int64_t> samples, const Feeds& validation,
         std::vector<std::int64_t> validation_samples, const FitOptions& options)
    : trainer_(trainer),
      training_(training),
      validation_(validation),
      options_((check(options, training), options)),
      batches_(samples, lengths_of(training, samples), batch_options(training, options, options.shuffle)),
      samples_(std::move(samples)),
      validation_samples_(std::move(validation_samples)),
      steps_(options.max_steps > 0 ? options.max_steps : options.epochs * ceiling(batches(), options.accumulate)),
      schedule_(scheduled(options.schedule, options, steps_, ceiling(batches(), options.accumulate))) {
  if (batches() == 0)
    throw Error(ErrorCode::data, "there are fewer samples than one batch takes")
        .got(std::to_string(samples_.size()))
        .expected("at least " + std::to_string(options.batch_size));
  state_.schedule = schedule_.state();
}

std::int64_t Fit::batches() const noexcept {
  const std::int64_t all = batches_.batches_per_epoch();
  return options_.overfit_batches > 0 ? std::min(all, options_.overfit_batches) : all;
}

Score Fit::score() {
  const bool held_out = !validation_samples_.empty();
  return judge(trainer_, held_out ? validation_ : training_, held_out ? validation_samples_ : samples_,
               options_.batch_size);
}

void Fit::keep_best(double loss) {
  state_.best = loss;
  state_.since_best = 0;
  state_.best_values.clear();
  for (const Tensor& t : trainer_.values()) state_.best_values.emplace_back(t.view());
}

// The batches of one step of the optimizer, and the step. False when the epoch is over.
bool Fit::learn(const FitEvents& events) {
  LossValue loss;
  std::int64_t samples = 0, time_steps = 0, good = 0;
  const std::int64_t epoch = state_.cursor.epoch;
  for (std::int64_t i = 0; i < options_.accumulate && state_.cursor.epoch == epoch; ++i) {
    try {
      const std::span<const std::int64_t> batch =
          batches_.at({options_.overfit_batches > 0 ? 0 : epoch, state_.cursor.batch});
      const RandomSequence dropped(options_.seed, kDropout, static_cast<std::uint64_t>(epoch));
      const StepReport report =
          trainer_.accumulate(training_, batch, dropped.bits(static_cast<std::uint64_t>(state_.cursor.batch)));
      loss.sum += report.loss;
      loss.count += 1;
      samples += report.samples;
      time_steps += report.steps;
      ++good;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::numeric || !options_.skip_nonfinite) throw;
      trainer_.discard();
      ++state_.skipped;
      loss = {};
      samples = time_steps = good = 0;
    }
    if (++state_.cursor.batch == batches()) state_.cursor = {epoch + 1, 0};
  }
  if (good > 0) {
    const double lr = schedule_.lr(state_.step);
    if (const auto momentum = schedule_.momentum(state_.step)) trainer_.optimizer().set_momentum(*momentum);
    const double norm = trainer_.update(lr);
    ++state_.step;
    state_.epoch_loss.sum += loss.sum;
    state_.epoch_loss.count += loss.count;
    if (events.step) events.step({state_.step, steps_, epoch + 1, loss.mean(), lr, norm, samples, time_steps});
  }
  return state_.cursor.epoch == epoch;
}

// At the end of an epoch. False when the run shall end early.
bool Fit::validate(const FitEvents& events) {
  EpochEvent event{state_.cursor.epoch, state_.epoch_loss.mean(), std::nullopt, false,
                   schedule_.lr(std::max<std::int64_t>(state_.step - 1, 0))};
  state_.epoch_loss = {};
  if (!validation_samples_.empty()) {
    const Score score = this->score();
    const double loss = score.loss;
    event.metrics = score.metrics;
    event.validation_loss = loss;
    schedule_.observe(loss);
    state_.schedule = schedule_.state();
    event.best = !state_.best || loss < *state_.best;
    if (event.best) {
      state_.best_epoch = event.epoch;
      keep_best(loss);
    } else {
      ++state_.since_best;
    }
  }
  if (events.epoch) events.epoch(event);
  return options_.early_stop == 0 || state_.since_best < options_.early_stop;
}

Ending Fit::run(const FitEvents& events) {
  schedule_.restore(state_.schedule);
  Ending ending = Ending::finished;
  if (!state_.best && !validation_samples_.empty()) keep_best(score().loss);
  while (state_.step < steps_ && (options_.max_steps > 0 || state_.cursor.epoch < options_.epochs)) {
    const bool epoch_over = !learn(events);
    if (epoch_over && !validate(events)) ending = Ending::early;
    if (events.save) events.save(state_);
    if (ending == Ending::early) break;
    if (events.stop != nullptr && events.stop->load()) return Ending::stopped;
  }
  if (!state_.best_values.empty()) copy(trainer_.values(), state_.best_values);
  return ending;
}

}  // namespace rondo::train
