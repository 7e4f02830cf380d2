#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/random.h"
#include "base/run_meter.h"
#include "base/thread_pool.h"
#include "ops/convert.h"
#include "runtime/compiled.h"
#include "runtime/execution.h"
#include "runtime/options.h"
#include "train/clipping.h"

namespace rondo::train {
namespace {

std::vector<TensorPtr> trained_tensors(const std::vector<Candidate>& all) {
  std::vector<TensorPtr> tensors;
  for (const Candidate& c : all)
    if (c.trained) tensors.push_back(c.tensor);
  return tensors;
}

// The copy that learns: halves in float32.
Tensor master(const Tensor& stored) {
  if (size_of(stored.dtype()) > 2) return Tensor(stored.view());
  Tensor made(DType::float32, stored.shape());
  ops::with_any(stored.dtype(), [&]<class F>(ops::TypeTag<F>) {
    const auto* in = static_cast<const F*>(stored.data());
    for (std::int64_t i = 0; i < stored.count(); ++i)
      made.values<float>()[static_cast<std::size_t>(i)] = ops::converted<float>(in[i]);
  });
  return made;
}

Tensor zeros(DType dtype, std::vector<std::int64_t> shape) {
  Tensor made(dtype, std::move(shape));
  if (made.bytes() > 0) std::memset(made.data(), 0, made.bytes());
  return made;
}

double number(const TensorView& scalar) {
  return scalar.dtype == DType::float64 ? *scalar.as<double>() : static_cast<double>(*scalar.as<float>());
}

template <class T>
void add_elements(const MutableTensorView& to, const TensorView& from) {
  for (std::int64_t i = 0; i < to.count(); ++i) to.as<T>()[i] += from.as<T>()[i];
}
void add(const MutableTensorView& to, const TensorView& from) {
  if (to.dtype == DType::float64) return add_elements<double>(to, from);
  add_elements<float>(to, from);
}

bool is_finite(const TensorView& t) {
  const auto all = [&]<class T>(const T* p) {
    for (std::int64_t i = 0; i < t.count(); ++i)
      if (!std::isfinite(p[i])) return false;
    return true;
  };
  return t.dtype == DType::float64 ? all(t.as<double>()) : all(t.as<float>());
}

// A graph of training_graph.h at work.
struct Machine {
  Machine(TrainingGraph made, const SessionOptions& session, ThreadPool& pool, const std::string& file)
      : graph(std::move(made)),
        compiled(graph.graph, session, pool, file),
        meter({session.max_loop_iterations, session.max_seconds}),
        execution(compiled.program, meter) {}

  TrainingGraph graph;
  Compiled compiled;
  RunMeter meter;
  Execution execution;
};

Tensor seed_of_window(std::uint64_t seed, std::int64_t first) {
  const auto bits = static_cast<std::int64_t>(mixed(seed + static_cast<std::uint64_t>(first)));
  return Tensor::of<std::int64_t>(DType::int64, {}, {&bits, 1});
}

Tensor as_int32(const Tensor& lengths) {
  Tensor made(DType::int32, lengths.shape());
  std::ranges::transform(lengths.values<std::int64_t>(), made.values<std::int32_t>().begin(),
                         [](std::int64_t n) { return static_cast<std::int32_t>(n); });
  return made;
}

}  // namespace

struct Trainer::Impl {
  Impl(const ImportedModel& model, std::vector<Candidate> all, const TrainerOptions& o, const SessionOptions& s)
      : options(o), session(s), candidates(std::move(all)), pool(lowering_options(s).threads) {
    const std::vector<TensorPtr> trained = trained_tensors(candidates);
    TrainingGraphOptions form{.trained = trained,
                              .losses = o.losses,
                              .lengths = o.lengths,
                              .dropout = o.dropout,
                              .hold_states = o.window > 0 || o.initial_state == InitialState::carry};
    TrainingGraph learning = training_graph(model.graph, form);
    form.gradients = false;
    form.predictions = true;
    TrainingGraph judging = training_graph(model.graph, form);
    num_model_inputs = model.graph.inputs.size();
    for (const TensorPtr& t : trained) {
      values.push_back(master(*t));
      gathered.push_back(zeros(values.back().dtype(), values.back().shape()));
    }
    make_optimizer();
    note(learning);
    learn = std::make_unique<Machine>(std::move(learning), session, pool, "");
    judge = std::make_unique<Machine>(std::move(judging), session, pool, "");
  }

  void make_optimizer() {
    std::vector<TrainedTensor> parameters;
    std::vector<const Candidate*> trained;
    for (const Candidate& c : candidates)
      if (c.trained) trained.push_back(&c);
    const auto layer_of = [](const Candidate& c) { return c.alias().substr(0, c.alias().find('/')); };
    std::vector<std::string> layers;
    for (const Candidate* c : trained)
      if (std::ranges::find(layers, layer_of(*c)) == layers.end()) layers.push_back(layer_of(*c));
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto above = layers.end() - std::ranges::find(layers, layer_of(*trained[i])) - 1;
      parameters.push_back(
          {trained[i]->alias(), values[i].view(), std::pow(options.layer_lr_decay, static_cast<double>(above))});
      gradient_views.push_back(gathered[i].view());
    }
    optimizer = std::make_unique<Optimizer>(options.optimizer, std::move(parameters));
  }

  void note(const TrainingGraph& graph) {
    for (const LossInputs& l : graph.losses)
      if (!l.note.empty()) notes.push_back("loss " + l.note);
    std::size_t i = 0;
    for (const Candidate& c : candidates) {
      if (!c.trained) continue;
      if (graph.gradient_of[i++] < 0) notes.push_back(c.alias() + " does not influence the loss");
    }
  }

  // The inputs of the machine's graph for a batch.
  std::vector<TensorView> inputs_of(const Machine& m, const FedBatch& batch, const std::vector<Tensor>& states) const {
    std::vector<TensorView> views(m.graph.graph.inputs.size());
    for (std::size_t i = 0; i < num_model_inputs; ++i)
      if (batch.inputs[i].dtype() != DType::undefined) views[i] = batch.inputs[i].view();
    for (std::size_t i = 0; i < values.size(); ++i)
      views[m.graph.first_parameter + i] = std::as_const(values[i]).view();
    for (std::size_t k = 0; k < states.size(); ++k) views[m.graph.states[k].input] = states[k].view();
    const auto give = [&views](int input, const Tensor& tensor) {
      if (input >= 0) views[static_cast<std::size_t>(input)] = tensor.view();
    };
    for (std::size_t l = 0; l < m.graph.losses.size(); ++l) {
      const LossInputs& want = m.graph.losses[l];
      const FedBatch::Target& target = batch.targets[l];
      give(want.target, target.target);
      give(want.weight, target.weight);
      give(want.lengths, target.lengths);
      give(want.target_lengths, target.target_lengths);
    }
    return views;
  }

  // Zeros, or what the model says its streams begin with, for so many rows.
  std::vector<Tensor> fresh_states(const TrainingGraph& graph, std::int64_t rows) const {
    std::vector<Tensor> states;
    for (const HeldState& s : graph.states) {
      if (s.initial) {
        states.emplace_back(s.initial->view());
        continue;
      }
      const TensorType& type = graph.graph.value(graph.graph.inputs[s.input]).type;
      std::vector<std::int64_t> shape;
      for (const Dim& d : *type.shape) shape.push_back(d.known() ? d.value : rows);
      states.push_back(zeros(type.dtype, std::move(shape)));
    }
    return states;
  }

  std::vector<Tensor> first_states(const TrainingGraph& graph, const FedBatch& batch, bool carries) const {
    std::vector<Tensor> fresh = fresh_states(graph, batch.samples);
    if (!carries || carried.empty()) return fresh;
    std::vector<Tensor> states;
    for (std::size_t k = 0; k < fresh.size(); ++k)
      states.push_back(carried[k].shape() == fresh[k].shape() ? Tensor(std::as_const(carried[k]).view())
                                                              : std::move(fresh[k]));
    return states;
  }

  // Runs a batch, in windows where backpropagation is truncated. each(results) is called after every window.
  template <class F>
  void run(Machine& m, const Feeds& feeds, std::span<const std::int64_t> samples, bool carries, std::uint64_t seed,
           F&& each) {
    std::int64_t first = 0;
    std::vector<Tensor> states;
    for (;;) {
      const bool windowed = options.window > 0;
      const FedBatch batch = windowed ? feeds.batch(samples, first, options.window) : feeds.batch(samples);
      if (first > 0 && batch.steps == 0) break;
      if (first == 0) states = first_states(m.graph, batch, carries);
      m.meter.start();
      std::vector<TensorView> inputs = inputs_of(m, batch, states);
      const Tensor lengths = as_int32(batch.lengths);
      if (m.graph.lengths >= 0) inputs[static_cast<std::size_t>(m.graph.lengths)] = lengths.view();
      const Tensor dropped = seed_of_window(seed, first);
      if (m.graph.dropout_seed >= 0) inputs[static_cast<std::size_t>(m.graph.dropout_seed)] = dropped.view();
      const auto results = m.execution.run(inputs);
      each(batch, results);
      for (std::size_t k = 0; k < states.size(); ++k) states[k] = Tensor(results[m.graph.states[k].output]);
      if (!windowed) break;
      first += options.window;
    }
    if (carries) carried = std::move(states);
  }

  void add_losses(StepReport& report, const FedBatch& batch, std::span<const TensorView> results) const {
    report.losses.resize(options.losses.size());
    for (std::size_t l = 0; l < options.losses.size(); ++l) {
      report.losses[l].sum += number(results[2 * l]);
      report.losses[l].count += number(results[2 * l + 1]);
    }
    report.samples = batch.samples;
    report.steps += batch.steps;
  }

  double weighted(std::span<const LossValue> losses) const noexcept {
    double sum = 0;
    for (std::size_t l = 0; l < losses.size(); ++l) sum += options.losses[l].weight * losses[l].mean();
    return sum;
  }

  void check_finite(const Machine& m, const StepReport& report, std::span<const TensorView> results) const {
    for (const LossValue& l : report.losses)
      if (!std::isfinite(l.sum))
        throw Error(ErrorCode::numeric, "the loss is not finite")
            .got(fmt::format("{}", l.sum))
            .fix("lower --lr, or clip with --clip-norm 1");
    std::size_t i = 0;
    for (const Candidate& c : candidates) {
      if (!c.trained) continue;
      const int g = m.graph.gradient_of[i++];
      if (g >= 0 && !is_finite(results[m.graph.first_gradient + static_cast<std::size_t>(g)]))
        throw Error(ErrorCode::numeric, "the gradient of " + c.alias() + " is not finite")
            .fix("lower --lr, or clip with --clip-norm 1");
    }
  }

  TrainerOptions options;
  SessionOptions session;
  std::vector<Candidate> candidates;
  ThreadPool pool;
  std::size_t num_model_inputs = 0;
  std::vector<Tensor> values, gathered;
  std::vector<MutableTensorView> gradient_views;
  double gathered_count = 0;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Machine> learn, judge;
  std::vector<Tensor> carried;
  std::vector<std::string> notes;
};

Trainer::Trainer(const ImportedModel& model, std::vector<Candidate> all, const TrainerOptions& options,
                 const SessionOptions& session)
    : impl_(std::make_unique<Impl>(model, std::move(all), options, session)) {}
Trainer::~Trainer() = default;

StepReport Trainer::accumulate(const Feeds& feeds, std::span<const std::int64_t> samples, std::uint64_t seed) {
  StepReport report;
  Machine& m = *impl_->learn;
  impl_->run(m, feeds, samples, impl_->options.initial_state == InitialState::carry, seed,
             [&](const FedBatch& batch, std::span<const TensorView> results) {
               impl_->add_losses(report, batch, results);
               impl_->check_finite(m, report, results);
               for (std::size_t i = 0; i < impl_->gathered.size(); ++i)
                 if (const int g = m.graph.gradient_of[i]; g >= 0)
                   add(impl_->gathered[i].view(), results[m.graph.first_gradient + static_cast<std::size_t>(g)]);
             });
  report.loss = impl_->weighted(report.losses);
  impl_->gathered_count += impl_->options.losses.size() == 1 ? report.losses[0].count : 1;
  return report;
}

double Trainer::update(double lr) {
  Impl& t = *impl_;
  if (t.gathered_count != 0) scale(t.gradient_views, 1 / t.gathered_count);
  const double norm =
      t.options.clip_norm > 0 ? clip_by_norm(t.gradient_views, t.options.clip_norm) : global_norm(t.gradient_views);
  if (t.options.clip_value > 0) clip_by_value(t.gradient_views, t.options.clip_value);
  std::vector<TensorView> gradients;
  for (std::size_t i = 0; i < t.gathered.size(); ++i)
    gradients.push_back(t.learn->graph.gradient_of[i] >= 0 ? std::as_const(t.gathered[i]).view() : TensorView{});
  t.optimizer->step(lr, gradients);
  discard();
  return norm;
}

void Trainer::discard() {
  for (Tensor& g : impl_->gathered)
    if (g.bytes() > 0) std::memset(g.data(), 0, g.bytes());
  impl_->gathered_count = 0;
}

StepReport Trainer::evaluate(const Feeds& feeds, std::span<const std::int64_t> samples,
                             const std::function<void(std::size_t, const TensorView&, const FedBatch&)>& predictions) {
  StepReport report;
  Machine& m = *impl_->judge;
  impl_->run(m, feeds, samples, false, 0, [&](const FedBatch& batch, std::span<const TensorView> results) {
    impl_->add_losses(report, batch, results);
    for (std::size_t l = 0; predictions && l < impl_->options.losses.size(); ++l)
      predictions(l, results[m.graph.first_prediction + l], batch);
  });
  report.loss = impl_->weighted(report.losses);
  return report;
}

double Trainer::weighted(std::span<const LossValue> losses) const noexcept { return impl_->weighted(losses); }
const std::vector<Candidate>& Trainer::candidates() const noexcept { return impl_->candidates; }
std::span<Tensor> Trainer::values() noexcept { return impl_->values; }
std::span<const MutableTensorView> Trainer::gradients() const noexcept { return impl_->gradient_views; }
Optimizer& Trainer::optimizer() noexcept { return *impl_->optimizer; }
std::vector<Tensor>& Trainer::carried() noexcept { return impl_->carried; }
const std::vector<std::string>& Trainer::notes() const noexcept { return impl_->notes; }

}  // namespace rondo::train
