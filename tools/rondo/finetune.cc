// rondo finetune: learns from a data set and writes the model back with nothing but the trained tensors changed.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/escape.h"
#include "runtime/options.h"
#include "runtime/session_state.h"
#include "tools/rondo/finetune_flags.h"
#include "tools/rondo/finetune_run.h"
#include "tools/rondo/interrupt.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/score_text.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/training.h"
#include "tools/rondo/training_flags.h"
#include "tools/rondo/verb.h"
#include "train/tuned_model.h"

namespace rondo::tool {
namespace {

struct FinetuneOptions : Options {
  std::string model, data, validation, output;
  double validation_part = 0.1;
  bool chronological = false, in_place = false, fast_dev_run = false, check_gradient = false, resume = false;
  std::string run_dir;
  std::int64_t checkpoint_every = 0;
  std::vector<train::Rule> rules;
  DataFlags fields;
  LossFlags loss;
  LearningFlags learning;
};

struct Samples {
  std::vector<std::int64_t> training, validation;
};

std::vector<std::int64_t> all_of(std::int64_t n) {
  std::vector<std::int64_t> list(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = static_cast<std::int64_t>(i);
  return list;
}

Samples split_samples(const FinetuneOptions& o, const train::Feeds& training, const train::Feeds* validation) {
  if (validation != nullptr) return {all_of(training.size()), all_of(validation->size())};
  const bool too_few = training.size() < 2 || o.validation_part == 0 || o.learning.fit.overfit_batches > 0;
  if (too_few) return {all_of(training.size()), {}};
  const auto order = o.chronological ? train::SplitOrder::chronological : train::SplitOrder::random;
  train::Split parts = train::split(training.size(), o.validation_part, order, o.seed);
  return {std::move(parts.training), std::move(parts.validation)};
}

// Lines for the user while it runs.
class Screen {
 public:
  Screen(const FinetuneOptions& options, std::int64_t steps)
      : bar_(static_cast<std::size_t>(steps), !options.quiet), quiet_(options.quiet) {}

  void step(const train::StepEvent& e) {
    bar_.show(static_cast<std::size_t>(e.step), fmt::format("epoch {} loss {:.5g} lr {:.3g}", e.epoch, e.loss, e.lr));
  }
  void epoch(const train::EpochEvent& e) {
    bar_.clear();
    if (quiet_) return;
    std::string line = fmt::format("epoch {}  loss {:.6g}", e.epoch, e.training_loss);
    if (e.validation_loss) line += fmt::format("  validation {:.6g}{}", *e.validation_loss, e.best ? "  best" : "");
    fmt::print(stderr, "{}\n", line);
  }
  void clear() { bar_.clear(); }

 private:
  ProgressBar bar_;
  bool quiet_;
};

// On the first samples, as many as a batch has.
void check_gradient(train::Trainer& trainer, const train::Feeds& feeds, std::vector<std::int64_t> samples,
                    const FinetuneOptions& o) {
  const auto most = static_cast<std::size_t>(o.learning.fit.batch_size);
  if (!feeds.needs_equal_lengths().empty()) samples.resize(1);
  if (samples.size() > most) samples.resize(most);
  const std::vector<train::GradientCheck> checks = train::check_gradient(trainer, feeds, samples);
  if (!o.json && !o.quiet) fmt::print(stderr, "{}", text_of(checks));
  const auto wrong = std::ranges::find_if(checks, [](const train::GradientCheck& c) { return !c.ok(); });
  if (wrong == checks.end()) return;
  throw Error(ErrorCode::numeric, "the loss does not change as the gradient of '" + wrong->alias + "' says")
      .got(fmt::format("{:.6g} along a gradient of norm {:.6g}", wrong->difference, wrong->gradient))
      .fix("leave --check-grad out if the model has steps or kinks there; else report this with the model");
}

// Everything that must be the same for a resumed run to be the same run.
std::string settings(const FinetuneOptions& o, const std::vector<train::Candidate>& candidates,
                     const train::Feeds& training) {
  const train::FitOptions& f = o.learning.fit;
  const train::OptimizerOptions& p = o.learning.trainer.optimizer;
  std::string text = fmt::format(
      "data {:x} losses {} optimizer {} {} {} {} {} {} {} {} schedule {} {} {} {} {} {} {} fit {} {} {} {} {} {} {} {} "
      "{} "
      "clip {} {} window {} initial {} dropout {} decay {} split {} {}",
      fingerprint(training.data()), fmt::join(o.loss.losses, ","), train::name_of(p.method), p.lr, p.weight_decay,
      p.momentum, p.nesterov, p.beta1, p.beta2, p.epsilon, train::name_of(f.schedule.curve), f.schedule.lr,
      f.schedule.warmup_steps, f.warmup_ratio, f.schedule.gamma, f.schedule.min_lr, f.schedule.step_size, f.epochs,
      f.max_steps, f.batch_size, f.accumulate, f.early_stop, f.seed, f.shuffle, f.skip_nonfinite, f.overfit_batches,
      o.learning.trainer.clip_norm, o.learning.trainer.clip_value, o.learning.trainer.window, o.learning.initial_state,
      o.learning.trainer.dropout, o.learning.trainer.layer_lr_decay, o.validation_part, o.chronological);
  for (const train::Candidate& c : candidates)
    if (c.trained) text += " " + c.place;
  return text;
}

int finetune(FinetuneOptions& o) {
  apply(o);
  finish(o.learning);
  Trace trace("", false);
  const Session session = load_model(o.model, o, trace);
  const ImportedModel& model = session.state()->imported;
  const train::TunedOptions writing{.in_place = o.in_place,
                                    .overwrite = o.force ? Overwrite::yes : Overwrite::no,
                                    .reading = import_options(o.session)};
  if (!o.in_place && !o.fast_dev_run && o.output.empty())
    throw Error(ErrorCode::usage, "there is no place for the result").fix("give -o OUT.onnx, or --in-place");
  if (!o.fast_dev_run) train::check_tuned_output(model, o.model, o.output, writing);

  std::vector<train::Candidate> candidates = train::candidates(model);
  train::choose(candidates, o.rules);
  o.learning.trainer.losses = losses_of(session, o.loss);
  o.learning.fit.seed = o.seed;
  if (o.fast_dev_run) o.learning.fit.max_steps = 1;

  const train::FeedOptions feeding = feed_options(session, o.fields);
  const std::vector<HeldState> states = find_states(model.graph);
  const train::Feeds training(model.graph, load_data(o.data, o.fields), o.learning.trainer.losses, states, feeding);
  std::unique_ptr<const train::Feeds> held_out;
  if (!o.validation.empty()) {
    auto losses = o.learning.trainer.losses;
    held_out =
        std::make_unique<const train::Feeds>(model.graph, load_data(o.validation, o.fields), losses, states, feeding);
  }
  if (training.fixed_batch() > 0) o.learning.fit.batch_size = training.fixed_batch();
  const Samples samples = split_samples(o, training, held_out.get());

  o.learning.trainer.lengths = training.adds_lengths() || (held_out && held_out->adds_lengths());
  train::Trainer trainer(model, candidates, o.learning.trainer, o.session);
  const StopFlag stop;  // from here on an interrupt waits for the end of a step
  if (!o.json && !o.quiet) fmt::print(stderr, "{}", training_text(candidates));
  for (const std::string& note : trainer.notes()) spdlog::warn("{}", note);
  if (!training.needs_equal_lengths().empty())
    spdlog::warn("only samples of the same length share a batch: {}", training.needs_equal_lengths());
  train::Fit fit(trainer, training, samples.training, held_out ? *held_out : training, samples.validation,
                 o.learning.fit);
  RunRecord record(o.run_dir, o.resume, o.checkpoint_every, train::fingerprint(*model.bytes),
                   train::fingerprint(settings(o, candidates, training)));
  if (o.check_gradient) check_gradient(trainer, training, samples.training, o);
  const train::Score before = fit.score();
  const std::int64_t done = record.resume(trainer, fit);
  if (!o.json && !o.quiet) {
    fmt::print(stderr, "{} samples to learn from, {} to validate; loss before {:.6g}\n", samples.training.size(),
               samples.validation.size(), before.loss);
    if (done > 0) fmt::print(stderr, "going on after step {}\n", done);
  }
  train::Ending ending;
  {
    Screen screen(o, fit.steps());
    train::FitEvents events;
    events.step = [&](const train::StepEvent& e) {
      screen.step(e);
      record.step(e);
    };
    events.epoch = [&](const train::EpochEvent& e) {
      screen.epoch(e);
      record.epoch(e, fit.state().step);
    };
    events.save = [&](const train::FitState&) { record.save(trainer, fit); };
    events.stop = &stop.flag();
    ending = fit.run(events);
    if (ending == train::Ending::stopped) {
      record.save(trainer, fit, true);
      screen.clear();
      spdlog::warn("interrupted after step {}{}", fit.state().step,
                   o.run_dir.empty() ? "" : "; --resume goes on from there");
      return kInterrupted;
    }
  }
  const train::Score after = fit.score();
  train::TunedFiles files;
  if (!o.fast_dev_run) files = train::write_tuned(model, o.model, o.output, train::patches_of(trainer), writing);
  for (const std::string& name : files.reencoded)
    spdlog::warn("'{}' was encoded anew: its bytes do not fit in place", escaped(name));

  std::vector<NamedScore> rows{{"before", before}, {"after", after}};
  const auto& judged = samples.validation.empty() ? samples.training : samples.validation;
  for (train::Baseline& b : train::baselines(training, samples.training, held_out ? *held_out : training, judged))
    rows.push_back({b.name, {std::numeric_limits<double>::quiet_NaN(), std::move(b.metrics)}});
  if (o.json)
    print_document({{"model", o.model},
                    {"output", files.model},
                    {"backup", files.backup},
                    {"parameters", training_document(candidates)},
                    {"trained", train::trained_count(candidates)},
                    {"steps", fit.state().step},
                    {"skipped", fit.state().skipped},
                    {"best_epoch", fit.state().best_epoch},
                    {"loss_before", before.loss},
                    {"loss_after", after.loss},
                    {"metrics_before", document_of(before.metrics)},
                    {"metrics_after", document_of(after.metrics)},
                    {"ended", ending == train::Ending::early     ? "early"
                              : ending == train::Ending::stopped ? "stopped"
                                                                 : "finished"}});
  else
    print(fmt::format("{}{} steps, {} of {} tensors trained\n{}\n", text_of(rows), fit.state().step,
                      std::ranges::count(candidates, true, &train::Candidate::trained), candidates.size(),
                      files.model));
  return 0;
}

}  // namespace

Verb add_finetune(CLI::App& command) {
  auto options = std::make_shared<FinetuneOptions>();
  CLI::App* app =
      command.add_subcommand("finetune", "Learn from data, and write the model back with the trained bytes");
  app->add_option("MODEL", options->model, "The ONNX file")->required()->type_name("");
  app->add_option("--data", options->data, "To learn from: .npz, .csv, .jsonl, or a folder of test_data_set folders")
      ->required()
      ->type_name("FILE");
  app->add_option("--val-data", options->validation, "To validate with; default: a part of --data")->type_name("FILE");
  app->add_option("--val-split", options->validation_part, "That part; default 0.1")
      ->check(CLI::Range(0.0, 0.9).description(""));
  app->add_flag("--chronological", options->chronological, "The last samples validate, not random ones");
  app->add_option("-o,--output", options->output, "The tuned model")->type_name("OUT.onnx");
  app->add_flag("--in-place", options->in_place, "Replace the model; the original stays as MODEL.bak");
  app->add_option("--seed", options->seed, "Of the split and the order of samples; default 0")->type_name("N");
  app->add_option("--run-dir", options->run_dir, "Keep checkpoints and metrics.jsonl here")->type_name("DIR");
  app->add_flag("--resume", options->resume, "Go on from the newest checkpoint in --run-dir, to the same result");
  app->add_option("--checkpoint-every", options->checkpoint_every, "Steps between checkpoints; default: one each epoch")
      ->type_name("N");
  app->add_flag("--fast-dev-run", options->fast_dev_run,
                "One step of everything, to see whether it works; writes nothing");
  app->add_flag("--check-grad", options->check_gradient,
                "First compare the gradients of a batch with differences of its loss");
  app->add_flag("--force", options->force, "Overwrite the output if it exists");
  add_loss_flags(*app, options->loss);
  add_data_flags(*app, options->fields);
  add_training_options(*app, options->rules);
  add_learning_flags(*app, options->learning);
  add_session_options(*app, *options);
  add_output_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  rondo finetune examples/tagger/model.onnx --data examples/tagger/data.jsonl --loss cross-entropy -o "
      "tuned.onnx\n"
      "  rondo finetune examples/tagger/model.onnx --data examples/tagger/data.jsonl --loss cross-entropy "
      "--fast-dev-run");
  return {app, [options] { return finetune(*options); }};
}

}  // namespace rondo::tool
