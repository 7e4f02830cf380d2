// rondo::Trainer, the public class: batches given as arrays become data sets of their own, and learn in the trainer of
// this folder.
#include "rondo/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "importers/data/arrays.h"
#include "passes/padding.h"
#include "passes/states.h"
#include "runtime/options.h"
#include "runtime/session_state.h"
#include "train/judge.h"
#include "train/snapshot.h"
#include "train/step_options.h"
#include "train/tuned_model.h"

namespace rondo {
namespace {

Dataset dataset(std::span<const NamedTensor> batch) {
  std::vector<NamedArray> arrays;
  for (const NamedTensor& t : batch) arrays.push_back({t.name, Tensor(t.tensor)});
  return dataset_of("batch", std::move(arrays));
}

}  // namespace

struct Trainer::Impl {
  Impl(const Session& s, const TrainingOptions& o) : session(s), options(o), model(s.state()->imported) {
    settings = train::trainer_options(s, o);
    candidates = train::candidates(model);
    std::vector<train::Rule> rules;
    for (const TrainingRule& r : o.parameters) rules.push_back({r.train, r.pattern});
    train::choose(candidates, rules);
    states = find_states(model.graph);
    const bool takes_lengths = train::lengths_input(model.graph) >= 0 || who_sees_padding(model.graph).empty();
    feeding = train::feed_options(s, o);
    feeding.ragged = takes_lengths;
  }

  // The first batch says on which axes losses count steps.
  train::Feeds feeds(std::span<const NamedTensor> batch) {
    std::vector<train::LossRequest> losses = settings.losses;
    train::Feeds made(model.graph, dataset(batch), losses, states, feeding);
    if (!made.needs_equal_lengths().empty())
      throw Error(ErrorCode::usage, "sequences of this batch differ in length, and the model would see the padding")
          .got(made.needs_equal_lengths())
          .fix("give batches of equal lengths");
    if (trainer == nullptr) {
      settings.losses = std::move(losses);
      settings.lengths = made.adds_lengths();
      trainer = std::make_unique<train::Trainer>(model, candidates, settings, session.state()->options);
      if (!waiting.empty()) restore(std::exchange(waiting, {}));
    }
    return made;
  }

  TrainingStep accumulate(std::span<const NamedTensor> batch) {
    const train::Feeds data = feeds(batch);
    const RandomSequence dropped(options.seed, train::kDropout);
    const train::StepReport r = trainer->accumulate(data, all(data), dropped.bits(static_cast<std::uint64_t>(batches)));
    ++batches;
    return {r.loss, 0, r.samples, r.steps};
  }

  static std::vector<std::int64_t> all(const train::Feeds& data) {
    std::vector<std::int64_t> samples(static_cast<std::size_t>(data.size()));
    std::iota(samples.begin(), samples.end(), 0);
    return samples;
  }

  train::Trainer& started() const {
    if (trainer == nullptr)
      throw Error(ErrorCode::state, "the trainer has seen no batch yet").fix("call step or evaluate first");
    return *trainer;
  }

  std::vector<std::byte> state() const {
    train::Checkpoint made;
    made.model = train::fingerprint(*model.bytes);
    made.config = config();
    made.step = steps;
    made.state = {{"batches", batches}};
    train::add_learned(made, started());
    return train::checkpoint_bytes(made);
  }

  void restore(std::span<const std::byte> bytes) {
    const train::Checkpoint saved = train::checkpoint_from_bytes(bytes);
    train::check_belongs(saved, train::fingerprint(*model.bytes), config());
    if (trainer == nullptr) {  // until the first batch there is nothing to restore into
      waiting.assign(bytes.begin(), bytes.end());
      return;
    }
    train::restore_learned(*trainer, saved);
    steps = saved.step;
    batches = saved.state.at("batches").get<std::int64_t>();
  }

  // What must be the same for a state to be of use: which tensors learn, and by what.
  std::string config() const {
    std::string text = options.optimizer;
    for (const train::Candidate& c : candidates)
      if (c.trained) text += " " + c.place;
    return train::fingerprint(text);
  }

  Session session;
  TrainingOptions options;
  const ImportedModel& model;  // of the session
  train::TrainerOptions settings;
  train::FeedOptions feeding;
  std::vector<train::Candidate> candidates;
  std::vector<HeldState> states;
  std::unique_ptr<train::Trainer> trainer;
  std::vector<std::byte> waiting;
  std::int64_t steps = 0, batches = 0;
};

Trainer::Trainer(const Session& session, const TrainingOptions& options)
    : impl_(std::make_unique<Impl>(session, options)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

TrainingStep Trainer::accumulate(std::span<const NamedTensor> batch) { return impl_->accumulate(batch); }

double Trainer::update() {
  ++impl_->steps;
  return impl_->started().update(impl_->options.lr);
}

TrainingStep Trainer::step(std::span<const NamedTensor> batch) {
  TrainingStep made = impl_->accumulate(batch);
  made.gradient_norm = update();
  return made;
}

Evaluation Trainer::evaluate(std::span<const NamedTensor> batch) {
  const train::Feeds data = impl_->feeds(batch);
  train::Score score = train::judge(*impl_->trainer, data, Impl::all(data), data.size());
  return {score.loss, std::move(score.metrics)};
}

double Trainer::learning_rate() const noexcept { return impl_->options.lr; }
void Trainer::set_learning_rate(double lr) {
  train::check_rate(lr);
  impl_->options.lr = lr;
}

std::vector<std::pair<std::string, TensorView>> Trainer::parameters() const {
  std::vector<std::pair<std::string, TensorView>> list;
  std::size_t i = 0;
  for (const train::Candidate& c : impl_->candidates)
    if (c.trained)
      list.emplace_back(
          c.alias(), impl_->trainer == nullptr ? c.tensor->view() : TensorView(impl_->trainer->values()[i++].view()));
  return list;
}

void Trainer::export_onnx(const std::string& path, bool overwrite) const {
  const Session::State& session = *impl_->session.state();
  const train::TunedOptions writing{.overwrite = overwrite ? Overwrite::yes : Overwrite::no,
                                    .reading = import_options(session.options)};
  train::check_tuned_output(impl_->model, session.info.file, path, writing);
  train::write_tuned(impl_->model, session.info.file, path, train::patches_of(impl_->started()), writing);
}

std::vector<std::byte> Trainer::state() const { return impl_->state(); }
void Trainer::restore(std::span<const std::byte> state) { impl_->restore(state); }

}  // namespace rondo
