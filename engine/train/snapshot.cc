#include "train/snapshot.h"

#include <algorithm>
#include <cstring>

namespace rondo::train {
namespace {

Tensor number(double value) { return Tensor::of<double>(DType::float64, {}, std::span(&value, 1)); }

double number_in(const Checkpoint& checkpoint, const std::string& name) {
  return checkpoint.tensor(name, DType::float64, {}).values<double>()[0];
}

void copy(const MutableTensorView& to, const Tensor& from) {
  if (from.bytes() > 0) std::memcpy(to.data, from.data(), from.bytes());
}

// f(name, tensor's memory) for everything a checkpoint holds in a place of its own.
template <class F>
void each_tensor(Trainer& trainer, F&& f) {
  std::size_t i = 0;
  for (const Candidate& c : trainer.candidates())
    if (c.trained) f("weights/" + c.alias(), trainer.values()[i++].view());
  for (const StateBuffer& b : trainer.optimizer().state()) f("optimizer/" + b.name, b.value);
}

}  // namespace

void add_learned(Checkpoint& checkpoint, Trainer& trainer) {
  each_tensor(trainer, [&](const std::string& name, const MutableTensorView& view) {
    checkpoint.tensors.push_back({name, Tensor(TensorView(view))});
  });
  checkpoint.state["carried"] = trainer.carried().size();
  for (std::size_t i = 0; i < trainer.carried().size(); ++i)
    checkpoint.tensors.push_back({"carried/" + std::to_string(i), Tensor(std::as_const(trainer.carried()[i]).view())});
}

void restore_learned(Trainer& trainer, const Checkpoint& checkpoint) {
  each_tensor(trainer, [&](const std::string& name, const MutableTensorView& view) {
    copy(view, checkpoint.tensor(name, view.dtype, view.shape));
  });
  trainer.carried().clear();
  for (std::int64_t i = 0; i < checkpoint.state.at("carried").get<std::int64_t>(); ++i) {
    const auto saved = std::ranges::find(checkpoint.tensors, "carried/" + std::to_string(i), &SavedTensor::name);
    if (saved == checkpoint.tensors.end()) throw Error(ErrorCode::state, "the checkpoint lacks a carried state");
    trainer.carried().emplace_back(saved->tensor.view());
  }
}

Checkpoint snapshot(Trainer& trainer, const Fit& fit, std::string model, std::string config) {
  const FitState& s = fit.state();
  Checkpoint made;
  made.model = std::move(model);
  made.config = std::move(config);
  made.step = s.step;
  made.epoch = s.cursor.epoch;
  made.state = {{"epoch", s.cursor.epoch},       {"batch", s.cursor.batch},
                {"skipped", s.skipped},          {"bad", s.schedule.bad},
                {"cooling", s.schedule.cooling}, {"schedule_best", s.schedule.best.has_value()},
                {"best", s.best.has_value()},    {"best_epoch", s.best_epoch},
                {"since_best", s.since_best},    {"best_values", s.best_values.size()}};
  const auto add = [&made](std::string name, Tensor tensor) {
    made.tensors.push_back({std::move(name), std::move(tensor)});
  };
  add("run/loss_sum", number(s.epoch_loss.sum));
  add("run/loss_count", number(s.epoch_loss.count));
  add("run/lr", number(s.schedule.lr));
  if (s.schedule.best) add("run/schedule_best", number(*s.schedule.best));
  if (s.best) add("run/best", number(*s.best));
  for (std::size_t i = 0; i < s.best_values.size(); ++i)
    add("best/" + std::to_string(i), Tensor(s.best_values[i].view()));
  add_learned(made, trainer);
  return made;
}

void restore(Trainer& trainer, Fit& fit, const Checkpoint& checkpoint) {
  FitState& s = fit.state();
  const auto& j = checkpoint.state;
  const auto get = [&j](const char* name) { return j.at(name).get<std::int64_t>(); };
  s.step = checkpoint.step;
  s.cursor = {get("epoch"), get("batch")};
  s.skipped = get("skipped");
  s.epoch_loss = {number_in(checkpoint, "run/loss_sum"), number_in(checkpoint, "run/loss_count")};
  s.schedule = {.lr = number_in(checkpoint, "run/lr"), .bad = get("bad"), .cooling = get("cooling")};
  if (j.at("schedule_best").get<bool>()) s.schedule.best = number_in(checkpoint, "run/schedule_best");
  if (j.at("best").get<bool>()) s.best = number_in(checkpoint, "run/best");
  s.best_epoch = get("best_epoch");
  s.since_best = get("since_best");
  restore_learned(trainer, checkpoint);
  s.best_values.clear();
  for (std::int64_t i = 0; i < get("best_values"); ++i) {
    const Tensor& like = trainer.values()[static_cast<std::size_t>(i)];
    s.best_values.emplace_back(checkpoint.tensor("best/" + std::to_string(i), like.dtype(), like.shape()).view());
  }
}

}  // namespace rondo::train
