// rondo run: one run of a model, from files or made-up inputs to a summary, a document or .npy files.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/escape.h"
#include "base/slice.h"
#include "importers/npy/npy.h"
#include "tools/rondo/dims.h"
#include "tools/rondo/element.h"
#include "tools/rondo/files.h"
#include "tools/rondo/generate.h"
#include "tools/rondo/input_files.h"
#include "tools/rondo/interrupt.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/run_stream.h"
#include "tools/rondo/summary.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/test_case.h"
#include "tools/rondo/verb.h"

namespace rondo::tool {
namespace {

struct RunOptions : Options {
  std::string model;
  std::vector<std::string> inputs, outputs;  // NAME=FILE
  std::string data;
  DimOptions dims;
  StreamFlags stream;
};

void take_data_set(const Session& session, const std::string& folder, std::vector<GivenInput>& inputs) {
  std::vector<Tensor> tensors = read_tensors(folder, "input");
  if (tensors.size() != inputs.size()) {
    Error e(ErrorCode::data, "the data set has another number of inputs than the model");
    e.got(std::to_string(tensors.size())).expected(fmt::format("{}: {}", inputs.size(), signature(session.inputs())));
    throw e.at_file(folder);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (!inputs[i].tensor) inputs[i] = {std::move(tensors[i]), folder};
}

// A sound of one channel is a row of a batch, or of whatever stands before the samples.
void add_leading_axes(const TensorInfo& info, GivenInput& input) {
  if (input.rate == 0 || !info.shape) return;
  std::vector<std::int64_t> shape = input.tensor->shape();
  while (shape.size() < info.shape->size()) shape.insert(shape.begin(), 1);
  *input.tensor = reshaped(std::as_const(*input.tensor).view(), std::move(shape));
}

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
  for (const std::string& text : options.inputs)
    if (const auto file = assignment(text, session.inputs())) read.push_back(file->text);
  check_written(written, read);
  return files;
}

// Fills in what was not given. Gives what had to be assumed about shapes.
std::vector<std::string> complete(const Session& session, const RunOptions& options, std::vector<GivenInput>& inputs) {
  std::vector<const std::vector<std::int64_t>*> given;
  for (const GivenInput& in : inputs) given.push_back(in.tensor ? &in.tensor->shape() : nullptr);
  const ShapeChoice choice = choose_shapes(session, options.dims, given);
  const std::vector<std::int64_t> lengths = lengths_of_inputs(session, choice);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].tensor) continue;
    const bool is_lengths = lengths[i] >= 0;
    inputs[i].tensor = generate(session.inputs()[i], choice.shapes[i], options.seed, lengths[i]);
    inputs[i].source = is_lengths                               ? fmt::format("the number of steps, {}", lengths[i])
                       : is_floating(inputs[i].tensor->dtype()) ? fmt::format("seed {}", options.seed)
                                                                : "zeros";
  }
  return choice.assumed;
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
  if (options.stream.wanted) return run_stream(session, options, options.stream, options.inputs, files, trace);
  std::vector<GivenInput> inputs = given_inputs(session.inputs(), options.inputs);
  if (!options.data.empty()) take_data_set(session, options.data, inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) add_leading_axes(session.inputs()[i], inputs[i]);
  const std::vector<std::string> assumed = complete(session, options, inputs);

  std::vector<TensorView> views;
  for (const GivenInput& in : inputs) views.push_back(std::as_const(*in.tensor).view());
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
    print_document(document_of(session, options, inputs, outputs, assumed));
  else
    print(text_of(session, inputs, outputs, assumed));
  return 0;
}

}  // namespace

Verb add_run(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* app = command.add_subcommand("run", "Run a model once and show what it answers");
  app->add_option("MODEL", options->model, "The ONNX file; - reads standard input")->required()->type_name("");
  app->add_option("--input", options->inputs,
                  "From a .npy, TensorProto or sound file, or a number; others come from the seed")
      ->type_name("NAME=FILE");
  app->add_option("--data", options->data, "Inputs from a test_data_set folder: input_0.pb, input_1.pb, ...")
      ->type_name("DIR");
  add_dim_options(*app, options->dims);
  app->add_option("--seed", options->seed, "Makes up the inputs that are not given; default 0")
      ->check([](const std::string& text) {
        const bool fits = text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos;
        return fits ? "" : "a seed is a whole number from 0 to 9999999999999999999";
      })
      ->type_name("N");
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
