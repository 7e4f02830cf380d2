#include "train/step_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rondo::train {
namespace {

std::size_t output_index(const Session& session, const std::string& name) {
  const auto& outputs = session.outputs();
  const auto found = std::ranges::find(outputs, name, &TensorInfo::name);
  if (name.empty()) return 0;
  if (found == outputs.end()) throw Error(ErrorCode::usage, "the model has no output of the name of a loss").got(name);
  return static_cast<std::size_t>(found - outputs.begin());
}

std::vector<LossRequest> requests(const Session& session, const std::vector<TrainingLoss>& losses) {
  if (losses.empty()) throw Error(ErrorCode::usage, "there is no loss").fix("give TrainingOptions::losses one");
  std::vector<LossRequest> made;
  for (const TrainingLoss& l : losses) {
    if (!(l.weight > 0))
      throw Error(ErrorCode::usage, "the weight of a loss is a number above 0").got(fmt::format("{}", l.weight));
    made.push_back({output_index(session, l.output),
                    {.loss = loss_named(l.name),
                     .delta = l.delta,
                     .ignore_index = l.ignore_index,
                     .class_weights = l.class_weights,
                     .label_smoothing = l.label_smoothing,
                     .pos_weight = l.pos_weight,
                     .blank = l.blank,
                     .zero_infinity = l.zero_infinity},
                    l.weight});
  }
  return made;
}

OptimizerOptions optimizer_options(const TrainingOptions& o) {
  OptimizerOptions made = default_options(method_named(o.optimizer));
  made.lr = o.lr;
  made.weight_decay = o.weight_decay.value_or(made.weight_decay);
  made.momentum = o.momentum.value_or(made.momentum);
  made.beta1 = o.beta1.value_or(made.beta1);
  made.beta2 = o.beta2.value_or(made.beta2);
  made.epsilon = o.epsilon.value_or(made.epsilon);
  made.nesterov = o.nesterov;
  return made;
}

}  // namespace

void check_rate(double lr) {
  if (!(lr >= 0) || !std::isfinite(lr))
    throw Error(ErrorCode::usage, "this is no learning rate").got(fmt::format("{}", lr)).expected("a number from 0 on");
}

TrainerOptions trainer_options(const Session& session, const TrainingOptions& o) {
  check_rate(o.lr);
  if (!(o.dropout >= 0 && o.dropout < 1))
    throw Error(ErrorCode::usage, "dropout is out of range").got(fmt::format("{}", o.dropout)).expected("[0, 1)");
  TrainerOptions made;
  made.losses = requests(session, o.losses);
  made.optimizer = optimizer_options(o);
  made.clip_norm = o.clip_norm;
  made.clip_value = o.clip_value;
  made.dropout = o.dropout;
  made.window = o.window;
  made.initial_state = o.carry_states ? InitialState::carry : InitialState::zero;
  return made;
}

FeedOptions feed_options(const Session& session, const TrainingOptions& o) {
  FeedOptions made;
  made.weights = o.weights;
  for (const auto& [name, field] : o.fields) {
    const auto is_among = [&](const std::vector<TensorInfo>& infos) {
      return std::ranges::find(infos, name, &TensorInfo::name) != infos.end();
    };
    if (is_among(session.inputs()))
      made.inputs.emplace(name, field);
    else if (is_among(session.outputs()))
      made.targets.emplace(name, field);
    else
      throw Error(ErrorCode::usage, "TrainingOptions::fields names nothing the model has").got(name);
  }
  return made;
}

}  // namespace rondo::train
