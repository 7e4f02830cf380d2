// rondo verify: models against recorded outputs. What is counted is data sets.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include "base/escape.h"
#include "tools/rondo/compare.h"
#include "tools/rondo/element.h"
#include "tools/rondo/fault.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/test_case.h"
#include "tools/rondo/verb.h"

namespace rondo::tool {
namespace {

constexpr int kFoundDifference = 10;

struct VerifyOptions : Options {
  std::vector<std::string> folders;
  double atol = -1, rtol = -1;  // negative: the default of the element type

  ToleranceChoice tolerance() const {
    const auto choice = [](double v) { return v < 0 ? std::nullopt : std::optional(v); };
    return {choice(atol), choice(rtol)};
  }
};

struct Worst {
  double error = -1;
  std::string where;
};

struct Tally {
  std::size_t passed = 0, failed = 0, skipped = 0;
  std::map<DType, Worst> worst;  // floating types that were compared
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
};

class Verification {
 public:
  Verification(const VerifyOptions& options, Trace& trace, std::size_t data_sets)
      : options_(options), trace_(trace), bar_(data_sets, !options.quiet) {}

  void verify(const TestCase& test) {
    try {
      bar_.show(done_, escaped(test.folder));
      const Session session = load_model(test.model, options_, trace_);
      RunContext context(session);
      for (const std::string& data_set : test.data_sets) verify_one(session, context, data_set);
    } catch (const Error& e) {  // the model itself: none of its data sets can be run
      settle_error(test.folder, e, test.data_sets.size());
    }
  }

  Tally finish() {
    bar_.clear();
    return std::move(tally_);
  }

 private:
  void verify_one(const Session& session, RunContext& context, const std::string& data_set) try {
    bar_.show(done_, escaped(data_set));
    const auto span = trace_.span("verify " + data_set);
    const std::vector<Tensor> inputs = read_tensors(data_set, "input"), expected = read_tensors(data_set, "output");
    const auto& infos = session.outputs();
    if (expected.size() != infos.size()) {
      Error e(ErrorCode::data, "the data set has another number of outputs than the model");
      throw e.got(std::to_string(expected.size())).expected(fmt::format("{}: {}", infos.size(), signature(infos)));
    }
    std::vector<TensorView> views;
    for (const Tensor& t : inputs) views.push_back(t.view());
    const auto start = std::chrono::steady_clock::now();
    const std::span<const TensorView> got = context.run(views);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

    std::vector<std::string> problems;
    nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < got.size(); ++i) {
      const Comparison c = compare(got[i], expected[i].view(), options_.tolerance());
      note_worst(c, got[i], data_set, infos[i].name);
      if (!c.ok()) problems.push_back(problem_text(c, infos[i].name, got[i], expected[i].view()));
      outputs.push_back(document_of(c, infos[i].name, got[i], expected[i].view()));
    }
    nlohmann::ordered_json entry{{"case", data_set}, {"status", problems.empty() ? "passed" : "failed"}};
    entry.update({{"seconds", seconds.count()}, {"outputs", std::move(outputs)}});
    settle(std::move(entry), problems);
  } catch (Error& e) {
    settle_error(data_set, e.where().file.empty() ? e.at_file(data_set) : e);
  }

  void settle_error(const std::string& name, const Error& e, std::size_t data_sets = 1) {
    const bool skip = e.code() == ErrorCode::unsupported;
    nlohmann::ordered_json entry{{"case", name}, {"status", skip ? "skipped" : "failed"}};
    entry.update({{"data_sets", data_sets}, {"error", to_json(e)}});
    settle(std::move(entry), {e.what()}, data_sets);
  }

  // Counts data sets and prints their lines.
  void settle(nlohmann::ordered_json entry, const std::vector<std::string>& lines, std::size_t data_sets = 1) {
    const std::string status = entry["status"], name = entry["case"];
    done_ += data_sets;
    (status == "passed" ? tally_.passed : status == "failed" ? tally_.failed : tally_.skipped) += data_sets;
    spdlog::debug("{} {}", status, escaped(name));
    if (options_.json) return tally_.cases.push_back(std::move(entry));
    if (!lines.empty()) bar_.clear();
    for (const std::string& line : lines)
      print(coloured(status, status == "failed" ? Colour::red : Colour::yellow) + " " + escaped(name) + ": " + line +
            "\n");
  }

  void note_worst(const Comparison& c, const TensorView& got, const std::string& data_set, const std::string& name) {
    if (!c.mismatch.empty() || !is_floating(got.dtype)) return;
    Worst& worst = tally_.worst[got.dtype];
    if (c.worst > worst.error) {
      worst.error = c.worst;
      worst.where = escaped(data_set) + ", " + escaped(name);
      if (c.worst_at >= 0) worst.where += index_text(got.shape, c.worst_at);
    }
  }

  static std::string problem_text(const Comparison& c, const std::string& name, const TensorView& got,
                                  const TensorView& expected) {
    if (!c.mismatch.empty()) return fmt::format("'{}': {}", escaped(name), c.mismatch);
    return fmt::format("'{}' {}: got {}, expected {}; {} of {} differ, largest error {:.3g} at {}", escaped(name),
                       index_text(got.shape, c.first_bad), text_at(got, c.first_bad), text_at(expected, c.first_bad),
                       c.bad, got.count(), c.worst, index_text(got.shape, c.worst_at));
  }

  static nlohmann::ordered_json document_of(const Comparison& c, const std::string& name, const TensorView& got,
                                            const TensorView& expected) {
    nlohmann::ordered_json j{{"name", name}, {"dtype", name_of(got.dtype)}, {"shape", got.shape}};
    if (!c.mismatch.empty()) return j.update({{"mismatch", c.mismatch}}), j;
    j.update({{"worst_abs", json_number(c.worst)}, {"differ", c.bad}});
    if (c.bad > 0)
      j["first_bad"] = {{"index", index_text(got.shape, c.first_bad)},
                        {"got", json_at(got, c.first_bad)},
                        {"expected", json_at(expected, c.first_bad)}};
    return j;
  }

  const VerifyOptions& options_;
  Trace& trace_;
  ProgressBar bar_;
  std::size_t done_ = 0;
  Tally tally_;
};

nlohmann::ordered_json document_of(Tally tally) {
  double worst = 0;
  nlohmann::ordered_json by_type = nlohmann::ordered_json::object();
  for (const auto& [dtype, w] : tally.worst) {
    worst = std::max(worst, w.error);
    by_type[std::string(name_of(dtype))] = {{"worst_abs", json_number(w.error)}, {"where", w.where}};
  }
  return {{"passed", tally.passed},          {"failed", tally.failed},   {"skipped", tally.skipped},
          {"worst_abs", json_number(worst)}, {"worst_by_type", by_type}, {"cases", std::move(tally.cases)}};
}

std::string text_of(const Tally& tally) {
  std::string text;
  for (const auto& [dtype, w] : tally.worst)
    text += fmt::format("worst {}: {:.3g}{}{}\n", name_of(dtype), w.error, w.error > 0 ? " in " : "",
                        w.error > 0 ? w.where : "");
  const std::string counts = fmt::format("{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
  return text +
         coloured(counts, tally.failed > 0    ? Colour::red
                          : tally.skipped > 0 ? Colour::yellow
                                              : Colour::green) +
         "\n";
}

int verify(VerifyOptions& options) {
  apply(options);
  Trace trace(options.trace, options.force);
  std::vector<TestCase> tests;
  std::size_t data_sets = 0;
  for (const std::string& folder : options.folders) {
    if (options.folders.size() > 1 && std::filesystem::is_regular_file(folder)) {  // a README beside the folders, DIR/*
      spdlog::warn("{} is no folder and is passed over", escaped(folder));
      continue;
    }
    tests.push_back(find_test_case(folder));
    data_sets += tests.back().data_sets.size();
  }
  Verification verification(options, trace, data_sets);
  for (const TestCase& test : tests) verification.verify(test);
  const Tally tally = verification.finish();
  trace.save();
  if (options.json)
    print_document(document_of(tally));
  else
    print(text_of(tally));
  if (tally.failed > 0) return kFoundDifference;
  return tally.passed > 0 ? 0 : exit_code(ErrorCode::unsupported);  // nothing could be verified at all
}

}  // namespace

Verb add_verify(CLI::App& command) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* app = command.add_subcommand("verify", "Compare what models answer with recorded outputs");
  app->add_option("DIR", options->folders, "Folders with a model and its data sets")->required()->type_name("");
  app->add_option("--atol", options->atol, "Absolute tolerance, for all floating types")
      ->check(CLI::Range(0.0, 1e300).description(""))
      ->type_name("A");
  app->add_option("--rtol", options->rtol, "Relative tolerance, for all floating types")
      ->check(CLI::Range(0.0, 1e300).description(""))
      ->type_name("R");
  add_session_options(*app, *options);
  add_file_options(*app, *options);
  add_output_options(*app, *options);
  app->footer(
      "A folder holds model.onnx and test_data_set_K/{input_I,output_J}.pb, the layout of ONNX's own tests. There is a "
      "line\n"
      "for each failure; the last line is 'N passed, N failed, N skipped' and counts data sets. Models that are not "
      "supported\n"
      "are skipped. An element passes when |got - expected| <= atol + rtol * |expected|; without --atol or --rtol each "
      "is\n"
      "1e-9 for float64, 1e-5 for float32, 1e-2 for float16, 5e-2 for bfloat16. Integers are compared exactly.\n\n"
      "Examples:\n"
      "  rondo verify examples/tagger\n"
      "  rondo verify examples/tagger examples/forecaster --atol 1e-4 --rtol 0 --json");
  return {app, [options] { return verify(*options); }};
}

}  // namespace rondo::tool
