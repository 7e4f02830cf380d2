#include "tools/rondo/finetune_flags.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <cmath>

namespace rondo::tool {
namespace {

void add_optimizer_flags(CLI::App& verb, LearningFlags& flags) {
  verb.add_option("--optimizer", flags.optimizer, "Default adamw")->type_name("sgd|adam|adamw|rmsprop|adagrad");
  verb.add_option("--lr", flags.lr, "Learning rate; default 0.001");
  verb.add_option("--weight-decay", flags.weight_decay, "Default: PyTorch's for the optimizer");
  verb.add_option("--momentum", flags.momentum, "Of sgd and rmsprop; default 0");
  verb.add_flag("--nesterov", flags.nesterov, "Of sgd");
  verb.add_option("--beta1", flags.beta1, "Of adam and adamw; default 0.9");
  verb.add_option("--beta2", flags.beta2, "Of adam and adamw; default 0.999");
  verb.add_option("--epsilon", flags.epsilon, "Default: PyTorch's for the optimizer");
  verb.add_option("--clip-norm", flags.trainer.clip_norm, "Scale gradients whose norm is above this; default: do not");
  verb.add_option("--clip-value", flags.trainer.clip_value, "Bound every element of the gradients; default: do not");
  verb.add_option("--layer-lr-decay", flags.trainer.layer_lr_decay,
                  "Each layer learns at this factor of the next one's");
}

void add_schedule_flags(CLI::App& verb, LearningFlags& flags) {
  verb.add_option("--schedule", flags.schedule, "Of the learning rate; default constant")
      ->type_name("constant|linear|cosine|step|exponential|one-cycle|reduce-on-plateau");
  verb.add_option("--warmup-ratio", flags.fit.warmup_ratio, "Part of all steps in which the rate rises; default 0");
  verb.add_option("--warmup-steps", flags.fit.schedule.warmup_steps, "The same as a number of steps");
  verb.add_option("--gamma", flags.gamma, "Of step and exponential");
  verb.add_option("--step-size", flags.step_size, "Of step: epochs between reductions; default 1");
  verb.add_option("--min-lr", flags.min_lr, "Of cosine and reduce-on-plateau; default 0");
  verb.add_option("--patience", flags.patience, "Of reduce-on-plateau; default 10");
}

void add_run_flags(CLI::App& verb, LearningFlags& flags) {
  verb.add_option("--epochs", flags.fit.epochs, "Times through the data; default 1");
  verb.add_option("--max-steps", flags.fit.max_steps, "End after so many steps of the optimizer");
  verb.add_option("--batch-size", flags.fit.batch_size, "Samples in a batch; default 32");
  verb.add_option("--accumulate", flags.fit.accumulate, "Batches whose gradients make one step; default 1");
  verb.add_flag("!--no-shuffle", flags.fit.shuffle, "Batches in the order of the data");
  verb.add_option("--early-stop", flags.fit.early_stop, "End after so many epochs without a better validation");
  verb.add_option("--dropout", flags.trainer.dropout,
                  "Part of what a recurrent layer hands to the next one that is dropped while learning")
      ->type_name("P");
  verb.add_option("--tbptt", flags.trainer.window, "Steps of truncated backpropagation; default: the whole sequence")
      ->type_name("K");
  verb.add_option("--initial-state", flags.initial_state, "What the recurrent states begin with; default zero")
      ->check(CLI::IsMember({"zero", "carry"}).description(""))
      ->type_name("zero|carry");
  verb.add_flag("--skip-nonfinite", flags.fit.skip_nonfinite, "Leave out and count batches that give NaN or Inf");
  verb.add_option("--overfit-batches", flags.fit.overfit_batches, "Learn only so many batches, over and over");
}

}  // namespace

void add_learning_flags(CLI::App& verb, LearningFlags& flags) {
  add_run_flags(verb, flags);
  add_optimizer_flags(verb, flags);
  add_schedule_flags(verb, flags);
}

void finish(LearningFlags& flags) {
  if (!(flags.lr >= 0) || !std::isfinite(flags.lr))
    throw Error(ErrorCode::usage, "--lr is no learning rate")
        .got(std::to_string(flags.lr))
        .expected("a number from 0 on");
  train::OptimizerOptions o = train::default_options(train::method_named(flags.optimizer));
  o.lr = flags.lr;
  o.nesterov = flags.nesterov;
  const auto take = [](double& to, double given) {
    if (given >= 0) to = given;
  };
  take(o.weight_decay, flags.weight_decay);
  take(o.momentum, flags.momentum);
  take(o.beta1, flags.beta1);
  take(o.beta2, flags.beta2);
  take(o.epsilon, flags.epsilon);
  flags.trainer.optimizer = o;
  const std::int64_t warmup = flags.fit.schedule.warmup_steps;
  train::ScheduleOptions s = train::default_schedule(train::curve_named(flags.schedule));
  s.warmup_steps = warmup;
  s.lr = flags.lr;
  s.min_lr = flags.min_lr;
  s.step_size = flags.step_size;
  s.patience = flags.patience;
  take(s.gamma, flags.gamma);
  flags.fit.schedule = s;
  flags.trainer.initial_state = flags.initial_state == "carry" ? train::InitialState::carry : train::InitialState::zero;
  if (flags.trainer.initial_state == train::InitialState::carry) flags.fit.shuffle = false;
  if (flags.trainer.window < 0)
    throw Error(ErrorCode::usage, "--tbptt is out of range")
        .got(std::to_string(flags.trainer.window))
        .expected("at least 1");
  if (!(flags.trainer.dropout >= 0 && flags.trainer.dropout < 1))
    throw Error(ErrorCode::usage, "--dropout is out of range")
        .got(std::to_string(flags.trainer.dropout))
        .expected("0 to below 1");
}

}  // namespace rondo::tool
