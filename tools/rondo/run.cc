// rondo run: one run of a model, from files or made-up inputs to a summary, a document or .npy files.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/escape.h"
#include "importers/npy/npy.h"
#include "tools/rondo/element.h"
#include "tools/rondo/files.h"
#include "tools/rondo/interrupt.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/run_inputs.h"
#include "tools/rondo/run_stream.h"
#include "tools/rondo/summary.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/verb.h"

namespace rondo::tool {
namespace {

struct RunOptions : Options {
  std::string model;
  InputFlags given;
  std::vector<std::string> outputs;  // NAME=FILE
  StreamFlags stream;
};

std::vector<Assignment> output_files(const Session& session, const RunOptions& options) {
  std::vector<Assignment> files;
  for (const std::string& text : options.outputs) {
    auto file = assignment(text, session.outputs());
    if (!file)
      throw Error(ErrorCode::usage, "--output names no output of the model")
          .got(text)
          .expected("NAME=FILE.npy with one of " + signature(session.outputs()));
    if (!file->text.ends_with(".npy"))
      throw Error(ErrorCode::usage, "outputs are written as .npy only")
          .got(file->text)
          .expected("a name that ends in .npy");
    check_can_save(file->text, options.force ? Overwrite::yes : Overwrite::no);
    files.push_back(std::move(*file));
  }
  std::vector<std::string> written, read{options.model};
  for (const Assignment& f : files) written.push_back(f.text);
  for (const std::string& text : options.given.inputs)
    if (const auto file = assignment(text, session.inputs())) read.push_back(file->text);
  check_written(written, read);
  return files;
}

std::size_t widest(const std::vector<TensorInfo>& tensors) {
  std::size_t width = 0;
  for (const TensorInfo& t : tensors) width = std::max(width, escaped(t.name).size());
  return width;
}

std::string text_of(const Session& session, const std::vector<GivenInput>& inputs, std::span<const TensorView> outputs,
                    const std::vector<std::string>& assumed) {
  const std::size_t width = std::max(widest(session.inputs()), widest(session.outputs())) + 2;
  std::size_t type_width = 0;
  for (const GivenInput& in : inputs) type_width = std::max(type_width, type_text(in.tensor->view()).size() + 2);
  for (const TensorView& out : outputs) type_width = std::max(type_width, type_text(out).size() + 2);
  const auto line = [&](const TensorInfo& info, const TensorView& tensor, const std::string& rest) {
    return "  " + padded(escaped(info.name), width) + padded(type_text(tensor), type_width) + rest + "\n";
  };
  std::string text = "inputs\n";
  for (std::size_t i = 0; i < inputs.size(); ++i)
    text += line(session.inputs()[i], inputs[i].tensor->view(), "from " + escaped(inputs[i].source));
  if (!assumed.empty()) text += fmt::format("  assumed {}; choose with --dim or --shape\n", fmt::join(assumed, ", "));
  text += "outputs\n";
  for (std::size_t i = 0; i < outputs.size(); ++i)
    text += line(session.outputs()[i], outputs[i], summary_text(outputs[i]));
  return text;
}

nlohmann::ordered_json document_of(const Session& session, const RunOptions& options,
                                   const std::vector<GivenInput>& inputs, std::span<const TensorView> outputs,
                                   const std::vector<std::string>& assumed) {
  nlohmann::ordered_json j{{"model", options.model},
                           {"isa", session.isa()},
                           {"threads", session.threads()},
                           {"seed", options.seed},
                           {"assumed", assumed}};
  j["inputs"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    j["inputs"].push_back({{"name", session.inputs()[i].name},
                           {"dtype", name_of(inputs[i].tensor->dtype())},
                           {"shape", inputs[i].tensor->shape()},
                           {"source", inputs[i].source}});
  j["outputs"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    nlohmann::ordered_json output{{"name", session.outputs()[i].name}};
    output.update(to_json(outputs[i]));
    j["outputs"].push_back(std::move(output));
  }
  return j;
}

int run(RunOptions& options) {
  apply(options);
  Trace trace(options.trace, options.force);
  const Session session = load_model(options.model, options, trace);
  const std::vector<Assignment> files = output_files(session, options);
  if (options.stream.wanted) return run_stream(session, options, options.stream, options.given.inputs, files, trace);
  const RunInputs given = inputs_of_run(session, options.given, options.seed);
  const std::vector<TensorView> views = given.views();
  RunContext context(session);
  {
    const auto span = trace.span("prepare");
    context.prepare(views);
  }
  for (const StepInfo& step : context.explain())
    spdlog::debug("{} '{}' by {}: {}", step.op, escaped(step.node), step.backend, step.kernel);
  std::span<const TensorView> outputs;
  {
    const auto span = trace.span("run");
    outputs = context.run(views);
  }
  for (const Assignment& file : files) {
    const HoldInterrupts hold;
    write_npy(file.text, outputs[file.index], options.force ? Overwrite::yes : Overwrite::no);
  }
  trace.save();
  if (options.json)
    print_document(document_of(session, options, given.inputs, outputs, given.assumed));
  else
    print(text_of(session, given.inputs, outputs, given.assumed));
  return 0;
}

}  // namespace

Verb add_run(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* app = command.add_subcommand("run", "Run a model once and show what it answers");
  app->add_option("MODEL", options->model, "The ONNX file; - reads standard input")->required()->type_name("");
  add_input_options(*app, options->given);
  add_seed_option(*app, options->seed);
  app->add_option("--output", options->outputs, "Write an output as .npy (bfloat16 as float32)")
      ->type_name("NAME=FILE.npy");
  add_stream_options(*app, options->stream);
  add_session_options(*app, *options);
  add_file_options(*app, *options);
  add_output_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  rondo run examples/tagger/model.onnx --seed 1\n"
      "  rondo run examples/forecaster/model.onnx --json");
  return {app, [options] { return run(*options); }};
}

}  // namespace rondo::tool
