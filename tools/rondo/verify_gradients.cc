// The graph of a case gets its weights and the gradients of its outputs as further inputs, and is differentiated; it
// then runs as any graph does.
#include "tools/rondo/verify_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autodiff/differentiate.h"
#include "base/escape.h"
#include "base/run_meter.h"
#include "runtime/compiled.h"
#include "runtime/execution.h"
#include "runtime/session_state.h"
#include "tools/rondo/compare.h"
#include "tools/rondo/element.h"
#include "tools/rondo/model.h"

namespace rondo::tool {
namespace {

double default_gradient_tolerance(DType dtype) {
  return dtype == DType::float64 ? 1e-9 : dtype == DType::float32 ? 2e-6 : default_tolerance(dtype);
}

// |got - expected| / |expected|, Euclidean; where nothing is expected, only zeros are no error.
double relative_error(const TensorView& got, const TensorView& expected) {
  double difference = 0, size = 0;
  for (std::int64_t i = 0; i < got.count(); ++i) {
    const double want = number_at(expected, i), error = number_at(got, i) - want;
    difference += error * error;
    size += want * want;
  }
  return difference == 0 ? 0 : std::sqrt(difference / size);
}

struct Differentiated {
  Graph graph;                           // outputs: the gradients, in the order of the expected ones
  std::vector<const Tensor*> constants;  // what the inputs after the model's own are fed with
};

Differentiated differentiated(const Session& session, const std::map<std::string, Tensor>& expected) {
  Differentiated made{session.graph(), {}};
  Graph& g = made.graph;
  std::vector<ValueId> wrt;
  std::vector<Seed> seeds;
  for (const auto& [name, gradient] : expected) {
    wrt.push_back(g.find_value(name));
    if (wrt.back() == kNone) throw Error(ErrorCode::data, "the model has no tensor '" + escaped(name) + "'");
    const TensorPtr constant = session.graph().value(wrt.back()).constant;
    if (!constant) continue;
    g.value(wrt.back()).constant = nullptr;
    g.inputs.push_back(wrt.back());
    made.constants.push_back(constant.get());
  }
  for (std::size_t i = 0; i < g.outputs.size(); ++i)
    seeds.push_back(
        {g.outputs[i], g.add_input(g.fresh_name(fmt::format("cotangent_{}", i)), g.value(g.outputs[i]).type)});
  g.outputs = differentiate(g, seeds, wrt);
  for (std::size_t i = 0; i < wrt.size(); ++i)
    if (g.outputs[i] == kNone)
      throw Error(ErrorCode::data, "no output depends on '" + escaped(g.value(wrt[i]).name) + "'");
  return made;
}

std::vector<Tensor> gradients_of(const Session& session, const std::string& data_set,
                                 const std::map<std::string, Tensor>& expected) {
  const std::vector<Tensor> inputs = read_tensors(inputs_of(data_set), "input");
  const std::vector<Tensor> cotangents = read_tensors(data_set, "cotangent");
  if (inputs.size() != session.inputs().size() || cotangents.size() != session.outputs().size()) {
    Error e(ErrorCode::data, "the data set has another number of inputs or outputs than the model");
    throw e.got(fmt::format("{} and {}", inputs.size(), cotangents.size()))
        .expected(fmt::format("{} and {}", session.inputs().size(), session.outputs().size()));
  }
  Differentiated made = differentiated(session, expected);
  std::vector<TensorView> views;
  for (const Tensor& t : inputs) views.push_back(t.view());
  for (const Tensor* t : made.constants) views.push_back(t->view());
  for (const Tensor& t : cotangents) views.push_back(t.view());
  Session::State& state = *session.state();
  const Compiled compiled(std::move(made.graph), state.options, state.pool, state.info.file);
  RunMeter meter({state.options.max_loop_iterations, state.options.max_seconds});
  Execution execution(compiled.program, meter);
  meter.start();
  std::vector<Tensor> results;
  for (const TensorView& view : execution.run(views)) results.emplace_back(view);
  return results;
}

class GradientVerification {
 public:
  GradientVerification(const VerifyOptions& options, Trace& trace, VerifyReport& report)
      : options_(options), trace_(trace), report_(report) {}

  void verify(const Session& session, const std::string& data_set) try {
    report_.begin(data_set);
    const auto span = trace_.span("verify " + data_set);
    const std::map<std::string, Tensor> expected = read_gradients(data_set);
    const std::vector<Tensor> got = gradients_of(session, data_set, expected);
    std::vector<std::string> problems;
    nlohmann::ordered_json tensors = nlohmann::ordered_json::array();
    std::size_t i = 0;
    for (const auto& [name, want] : expected)
      compare_one(data_set, name, got[i++].view(), want.view(), problems, tensors);
    nlohmann::ordered_json entry{{"case", data_set}, {"status", problems.empty() ? "passed" : "failed"}};
    entry.update({{"gradients", std::move(tensors)}});
    report_.settle(std::move(entry), problems);
  } catch (Error& e) {
    report_.settle_error(data_set, e.where().file.empty() ? e.at_file(data_set) : e);
  }

 private:
  void compare_one(const std::string& data_set, const std::string& name, const TensorView& got, const TensorView& want,
                   std::vector<std::string>& problems, nlohmann::ordered_json& tensors) {
    nlohmann::ordered_json document{{"name", name}, {"dtype", name_of(got.dtype)}, {"shape", got.shape}};
    if (got.dtype != want.dtype || !std::ranges::equal(got.shape, want.shape)) {
      const std::string mismatch = "got " + type_text(got) + ", expected " + type_text(want);
      problems.push_back(fmt::format("gradient of '{}': {}", escaped(name), mismatch));
      document["mismatch"] = mismatch;
      return tensors.push_back(std::move(document));
    }
    const double tolerance = options_.rtol >= 0 ? options_.rtol : default_gradient_tolerance(got.dtype);
    const double error = relative_error(got, want);
    if (!(error <= tolerance))
      problems.push_back(
          fmt::format("gradient of '{}': relative error {:.3g}, at most {:.3g}", escaped(name), error, tolerance));
    report_.note_worst(got.dtype, std::isnan(error) ? INFINITY : error, escaped(data_set) + ", " + escaped(name));
    document[kGradientMeasure] = json_number(error);
    tensors.push_back(std::move(document));
  }

  const VerifyOptions& options_;
  Trace& trace_;
  VerifyReport& report_;
};

}  // namespace

void verify_gradients(const TestCase& test, const VerifyOptions& options, Trace& trace, VerifyReport& report) {
  try {
    report.begin(test.folder);
    const Session session = load_model(test.model, options, trace);
    for (const std::string& data_set : test.data_sets)
      GradientVerification(options, trace, report).verify(session, data_set);
  } catch (const Error& e) {  // the model itself: none of its data sets can be run
    report.settle_error(test.folder, e, test.data_sets.size());
  }
}

}  // namespace rondo::tool
