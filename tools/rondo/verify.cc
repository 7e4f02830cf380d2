// rondo verify: models against recorded outputs. What is counted is data sets.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

#include "base/escape.h"
#include "tools/rondo/compare.h"
#include "tools/rondo/element.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/test_case.h"
#include "tools/rondo/verb.h"
#include "tools/rondo/verify_gradients.h"
#include "tools/rondo/verify_report.h"

namespace rondo::tool {
namespace {

ToleranceChoice tolerance_of(const VerifyOptions& options) {
  const auto choice = [](double v) { return v < 0 ? std::nullopt : std::optional(v); };
  return {choice(options.atol), choice(options.rtol)};
}

class Verification {
 public:
  Verification(const VerifyOptions& options, Trace& trace, VerifyReport& report)
      : options_(options), trace_(trace), report_(report) {}

  void verify(const TestCase& test) {
    try {
      report_.begin(test.folder);
      const Session session = load_model(test.model, options_, trace_);
      RunContext context(session);
      for (const std::string& data_set : test.data_sets) verify_one(session, context, data_set);
    } catch (const Error& e) {  // the model itself: none of its data sets can be run
      report_.settle_error(test.folder, e, test.data_sets.size());
    }
  }

 private:
  void verify_one(const Session& session, RunContext& context, const std::string& data_set) try {
    report_.begin(data_set);
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
      const Comparison c = compare(got[i], expected[i].view(), tolerance_of(options_));
      note_worst(c, got[i], data_set, infos[i].name);
      if (!c.ok()) problems.push_back(problem_text(c, infos[i].name, got[i], expected[i].view()));
      outputs.push_back(document_of(c, infos[i].name, got[i], expected[i].view()));
    }
    nlohmann::ordered_json entry{{"case", data_set}, {"status", problems.empty() ? "passed" : "failed"}};
    entry.update({{"seconds", seconds.count()}, {"outputs", std::move(outputs)}});
    report_.settle(std::move(entry), problems);
  } catch (Error& e) {
    report_.settle_error(data_set, e.where().file.empty() ? e.at_file(data_set) : e);
  }

  void note_worst(const Comparison& c, const TensorView& got, const std::string& data_set, const std::string& name) {
    if (!c.mismatch.empty() || !is_floating(got.dtype)) return;
    const std::string place = c.worst_at >= 0 ? index_text(got.shape, c.worst_at) : "";
    report_.note_worst(got.dtype, c.worst, escaped(data_set) + ", " + escaped(name) + place);
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
  VerifyReport& report_;
};

// A README beside the folders, as DIR/* gives it, is passed over.
std::vector<std::string> folders_of(const VerifyOptions& options) {
  if (options.folders.size() == 1) return options.folders;
  std::vector<std::string> folders;
  for (const std::string& folder : options.folders) {
    if (std::filesystem::is_regular_file(folder))
      spdlog::warn("{} is no folder and is passed over", escaped(folder));
    else
      folders.push_back(folder);
  }
  return folders;
}

int verify(const VerifyOptions& options) {
  apply(options);
  Trace trace(options.trace, options.force);
  std::vector<TestCase> tests;
  std::size_t data_sets = 0;
  for (const std::string& folder : folders_of(options)) {
    tests.push_back(options.gradients ? find_gradient_case(folder) : find_test_case(folder));
    data_sets += tests.back().data_sets.size();
  }
  VerifyReport report(options, data_sets, options.gradients ? kGradientMeasure : "abs");
  for (const TestCase& test : tests) {
    if (options.gradients)
      verify_gradients(test, options, trace, report);
    else
      Verification(options, trace, report).verify(test);
  }
  trace.save();
  return report.finish();
}

}  // namespace

Verb add_verify(CLI::App& command) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* app = command.add_subcommand("verify", "Compare what models answer with recorded outputs");
  app->add_flag("--gradients", options->gradients, "Compare gradients with recorded ones instead");
  app->add_option("DIR", options->folders, "Folders with a model and its data sets")->required()->type_name("");
  app->add_option("--atol", options->atol, "Absolute tolerance, for all floating types")
      ->check(not_negative)
      ->type_name("A");
  app->add_option("--rtol", options->rtol, "Relative tolerance, for all floating types")
      ->check(not_negative)
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
      "With --gradients the folder holds gradient_data_set_K/{cotangent_J,gradient_NAME}.pb beside test_data_set_K: "
      "the\n"
      "gradient of the loss by output J, and the expected ones by the inputs and weights of the model. A tensor "
      "passes\n"
      "when |got - expected| / |expected|, in the Euclidean norm, is at most 2e-6, for float64 1e-9, or --rtol.\n\n"
      "Examples:\n"
      "  rondo verify examples/tagger\n"
      "  rondo verify examples/tagger examples/forecaster --atol 1e-4 --rtol 0 --json");
  return {app, [options] { return verify(*options); }};
}

}  // namespace rondo::tool
