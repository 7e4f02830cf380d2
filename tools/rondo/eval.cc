// rondo eval: how well a model does on a data set, by the losses that training would lower.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>

#include <memory>

#include "base/escape.h"
#include "runtime/session_state.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/score_text.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/training_flags.h"
#include "tools/rondo/verb.h"
#include "train/fit.h"

namespace rondo::tool {
namespace {

struct EvalOptions : Options {
  std::string model, data;
  std::int64_t batch_size = 32;
  DataFlags fields;
  LossFlags loss;
};

int eval(EvalOptions& o) {
  apply(o);
  Trace trace("", false);
  const Session session = load_model(o.model, o, trace);
  const ImportedModel& model = session.state()->imported;
  train::TrainerOptions options;
  options.losses = losses_of(session, o.loss);
  const train::Feeds feeds(model.graph, load_data(o.data, o.fields), options.losses, find_states(model.graph),
                           feed_options(session, o.fields));
  options.lengths = feeds.adds_lengths();
  train::Trainer trainer(model, {}, options, o.session);
  for (const std::string& note : trainer.notes()) spdlog::warn("{}", note);

  train::FitOptions fitting;
  fitting.batch_size = feeds.fixed_batch() > 0 ? feeds.fixed_batch() : o.batch_size;
  std::vector<std::int64_t> samples(static_cast<std::size_t>(feeds.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::int64_t>(i);
  train::Fit fit(trainer, feeds, samples, feeds, {}, fitting);
  const train::Score score = fit.score();
  if (o.json)
    print_document({{"model", o.model},
                    {"data", o.data},
                    {"samples", feeds.size()},
                    {"loss", score.loss},
                    {"metrics", document_of(score.metrics)}});
  else
    print(fmt::format("{} samples\n{}", feeds.size(), text_of({{"", score}})));
  return 0;
}

}  // namespace

Verb add_eval(CLI::App& command) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* app = command.add_subcommand("eval", "Measure a model on a data set");
  app->add_option("MODEL", options->model, "The ONNX file")->required()->type_name("");
  app->add_option("--data", options->data, "As for finetune")->required()->type_name("FILE");
  app->add_option("--batch-size", options->batch_size, "Samples in a batch; default 32")->type_name("N");
  add_loss_flags(*app, options->loss);
  add_data_flags(*app, options->fields);
  add_session_options(*app, *options);
  add_output_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  rondo eval examples/tagger/model.onnx --data examples/tagger/data.jsonl --loss cross-entropy\n"
      "  rondo eval examples/tagger/model.onnx --data examples/tagger/data.jsonl --loss cross-entropy --json");
  return {app, [options] { return eval(*options); }};
}

}  // namespace rondo::tool
