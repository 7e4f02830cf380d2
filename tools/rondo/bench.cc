// rondo bench: how long one run of a model takes, at each number of threads, alone or beside ONNX Runtime.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/escape.h"
#include "rondo/error.h"
#include "tools/rondo/compare.h"
#include "tools/rondo/element.h"
#include "tools/rondo/model.h"
#include "tools/rondo/onnx_runtime.h"
#include "tools/rondo/options.h"
#include "tools/rondo/pairs.h"
#include "tools/rondo/reference_runtimes.h"
#include "tools/rondo/run_inputs.h"
#include "tools/rondo/summary.h"
#include "tools/rondo/table.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/verb.h"

namespace rondo::tool {
namespace {

constexpr int kFoundDifference = 10;  // exit code, as of verify

struct BenchOptions : Options {
  std::string model;
  InputFlags given;
  std::vector<int> threads;
  std::string against;
  int repeat = 21;
  std::string format = "text";
  double tolerance = 1e-4;
};

struct Row {
  std::string runtime, isa;
  int threads;
  Timing timing;
  std::optional<Pairing> beside;  // of the runtime that Rondo is measured against
};

std::string onnxruntime_path() {
  for (const ReferenceRuntime& r : reference_runtimes())
    if (r.name == "onnxruntime") return r.path;
  throw Error(ErrorCode::usage, "ONNX Runtime is not found")
      .expected("libonnxruntime.so.1 in a library folder of the system, or where RONDO_ORT says")
      .fix("set RONDO_ORT to the library; bench/setup-references fetches one");
}

// One model in both runtimes, each with memory of its own for the outputs.
class Peer {
 public:
  Peer(const OnnxRuntime& runtime, const BenchOptions& options, const Session& session, RunInputs& given,
       std::span<const TensorView> answers, int threads)
      : tolerance_(options.tolerance) {
    for (const TensorView& t : answers)
      theirs_.emplace_back(t.dtype, std::vector<std::int64_t>(t.shape.begin(), t.shape.end()));
    std::vector<OnnxRuntimeModel::Binding> in, out;
    for (std::size_t i = 0; i < given.inputs.size(); ++i)
      in.push_back({session.inputs()[i].name, given.inputs[i].tensor->view()});
    for (std::size_t i = 0; i < theirs_.size(); ++i) out.push_back({session.outputs()[i].name, theirs_[i].view()});
    model_.emplace(runtime, options.model, threads, in, out);
  }

  void run() { model_->run(); }

  // Says where an output is not the same; empty when all are.
  std::string difference(const Session& session, std::span<const TensorView> ours) {
    run();
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const Comparison c = compare(ours[i], std::as_const(theirs_[i]).view(), {tolerance_, tolerance_});
      if (!c.ok())
        return fmt::format("output '{}' of onnxruntime differs: {}", escaped(session.outputs()[i].name),
                           c.mismatch.empty() ? fmt::format("by {:.3g}", c.worst) : c.mismatch);
    }
    return "";
  }

 private:
  double tolerance_;
  std::vector<Tensor> theirs_;
  std::optional<OnnxRuntimeModel> model_;
};

// Whether both runtimes gave the same outputs; otherwise nothing is timed.
bool measure(const BenchOptions& options, int threads, const OnnxRuntime* runtime, std::vector<Row>& rows,
             std::vector<std::string>& about) {
  Options with = options;
  with.session.threads = threads;
  Trace trace("", false);
  const Session session = load_model(options.model, with, trace);
  RunInputs given = inputs_of_run(session, options.given, options.seed);
  const std::vector<TensorView> views = given.views();
  RunContext context(session);
  std::vector<Tensor> memory;
  for (const TensorView& t : context.run(views)) memory.emplace_back(t);
  std::vector<MutableTensorView> outputs;
  std::vector<TensorView> answers;
  for (Tensor& t : memory) outputs.push_back(t.view()), answers.push_back(std::as_const(t).view());
  if (about.empty()) {
    if (!given.assumed.empty())
      spdlog::warn("assumed {}; choose with --dim or --shape", fmt::join(given.assumed, ", "));
    for (std::size_t i = 0; i < views.size(); ++i)
      about.push_back(escaped(session.inputs()[i].name) + " " + type_text(views[i]));
  }
  const auto ours = [&] { context.run(views, outputs); };
  const int calls = calls_in_a_block(ours);
  Row row{"rondo", std::string(session.isa()), session.threads(), {}, {}};
  if (runtime == nullptr) {
    row.timing = time_alone(ours, options.repeat, calls);
    rows.push_back(row);
    return true;
  }
  Peer peer(*runtime, options, session, given, answers, threads);
  if (const std::string difference = peer.difference(session, answers); !difference.empty()) {
    spdlog::error("{}; nothing was timed. Allow more with --tolerance, or ask 'rondo verify' which one is right",
                  difference);
    return false;
  }
  row.beside = time_in_turns(
      ours, [&] { peer.run(); }, options.repeat, calls);
  row.timing = row.beside->first;
  rows.push_back(row);
  rows.push_back({"onnxruntime " + runtime->version(), "", threads, row.beside->second, {}});
  return true;
}

nlohmann::ordered_json to_json(const BenchOptions& options, const Row& row, const std::vector<std::string>& about) {
  nlohmann::ordered_json j{{"model", options.model},
                           {"runtime", row.runtime},
                           {"threads", row.threads},
                           {"isa", row.isa},
                           {"dims", about},
                           {"median_us", row.timing.median},
                           {"p99_us", row.timing.p99},
                           {"min_us", row.timing.minimum},
                           {"runs", row.timing.calls}};
  j["runs_per_second"] = 1e6 / row.timing.median;
  if (row.beside) j["others_time_over_ours"] = {row.beside->ratio, row.beside->low, row.beside->high};
  return j;
}

constexpr std::array kHeads{"runtime", "threads", "isa", "median us", "p99 us", "min us", "runs/s", "other / rondo"};

std::vector<std::string> cells_of(const Row& row) {
  const auto us = [](double t) { return fmt::format("{:.1f}", t); };
  return {
      row.runtime,
      std::to_string(row.threads),
      row.isa,
      us(row.timing.median),
      us(row.timing.p99),
      us(row.timing.minimum),
      fmt::format("{:.0f}", 1e6 / row.timing.median),
      row.beside ? fmt::format("{:.2f} [{:.2f} {:.2f}]", row.beside->ratio, row.beside->low, row.beside->high) : ""};
}

std::string text_of(const BenchOptions& options, const std::vector<Row>& rows, const std::vector<std::string>& about) {
  std::vector<std::vector<std::string>> lines{{kHeads.begin(), kHeads.end()}};
  for (const Row& row : rows) lines.push_back(cells_of(row));
  if (options.format == "text") {
    Table table;
    for (auto& line : lines) table.add(std::move(line));
    return fmt::format("{}\n", fmt::join(about, ", ")) + table.text();
  }
  const bool md = options.format == "md";
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += md ? fmt::format("| {} |\n", fmt::join(lines[i], " | ")) : fmt::format("{}\n", fmt::join(lines[i], ","));
    if (md && i == 0) text += "|" + fmt::format("{}\n", fmt::join(std::vector<std::string>(kHeads.size(), "---|"), ""));
  }
  return text;
}

// What ONNX Runtime itself says comes as std::runtime_error.
template <class F>
auto asked(F&& f) try {
  return f();
} catch (const std::runtime_error& e) {
  throw Error(ErrorCode::unsupported, "ONNX Runtime cannot be measured")
      .got(e.what())
      .fix("measure Rondo alone, without --against");
}

int bench(BenchOptions& options) {
  apply(options);
  std::unique_ptr<OnnxRuntime> runtime;
  if (!options.against.empty()) runtime = asked([] { return std::make_unique<OnnxRuntime>(onnxruntime_path()); });
  if (options.model == "-" && (runtime || options.threads.size() > 1))
    throw Error(ErrorCode::usage, "a model from standard input can be read only once")
        .fix("give a file, or one number of --threads and no --against");
  std::vector<Row> rows;
  std::vector<std::string> about;
  for (const int threads : options.threads)
    if (!asked([&] { return measure(options, threads, runtime.get(), rows, about); })) return kFoundDifference;
  if (options.json || options.format == "json") {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Row& row : rows) all.push_back(to_json(options, row, about));
    print_document(all);
  } else {
    print(text_of(options, rows, about));
  }
  return 0;
}

}  // namespace

Verb add_bench(CLI::App& command) {
  auto options = std::make_shared<BenchOptions>();
  options->threads = {1, 2};
  CLI::App* app = command.add_subcommand("bench", "Measure how long a run takes, alone or beside ONNX Runtime");
  app->add_option("MODEL", options->model, "The ONNX file; - reads standard input")->required()->type_name("");
  add_input_options(*app, options->given);
  add_seed_option(*app, options->seed);
  add_session_options(*app, *options);
  app->remove_option(app->get_option("--threads"));
  app->add_option("--threads", options->threads, "Numbers of threads to measure with; default 1,2")
      ->delimiter(',')
      ->check(CLI::Range(1, 256).description(""))
      ->type_name("N,...");
  app->add_option("--against", options->against, "Measure this runtime in turns with Rondo")
      ->check(CLI::IsMember({"onnxruntime"}).description(""))
      ->type_name("onnxruntime");
  app->add_option("--tolerance", options->tolerance, "How far the outputs may differ, else exit 10; default 1e-4")
      ->check(not_negative)
      ->type_name("T");
  app->add_option("--repeat", options->repeat, "Blocks of about 25 ms each runtime gets; default 21")
      ->check(CLI::Range(1, 100'000).description(""))
      ->type_name("N");
  app->add_option("--format", options->format, "How the rows are written; default text")
      ->check(CLI::IsMember({"text", "md", "csv", "json"}).description(""))
      ->type_name("text|md|csv|json");
  add_output_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  rondo bench examples/tagger/model.onnx --dim time=20 --repeat 3\n"
      "  rondo bench examples/forecaster/model.onnx --threads 1 --repeat 3 --format md");
  return {app, [options] { return bench(*options); }};
}

}  // namespace rondo::tool
