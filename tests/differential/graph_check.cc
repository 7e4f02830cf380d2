#include "differential/graph_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <stdexcept>

#include "differential/drawn_graph.h"
#include "differential/expectation.h"
#include "differential/needs.h"
#include "exporters/onnx/export.h"
#include "exporters/onnx/tensor_file.h"
#include "rondo/session.h"

namespace rondo::differential {
namespace {

std::vector<TensorView> views(const Values& tensors) {
  std::vector<TensorView> result;
  for (const TensorPtr& t : tensors) result.push_back(t->view());
  return result;
}

Session load(const Graph& graph, const conformance::Choice& choice) {
  SessionOptions options;
  options.isa = choice.isa;
  options.backend = choice.backend;
  options.threads = choice.threads;
  const std::string bytes = export_model(graph);
  return Session::load_from_memory(std::as_bytes(std::span(bytes)), options);
}

std::vector<Tensor> copies(std::span<const TensorView> tensors) {
  std::vector<Tensor> result;
  for (const TensorView& t : tensors) result.emplace_back(t);
  return result;
}

// Inputs to run a graph on, and what it gives then. What is interpreted as an error has no expectation.
struct Trial {
  std::string name;
  Values inputs;
  std::vector<Expectation> expected;
  std::string refusal;
  bool may_run = false;  // though refused: what is wrong need not be computed
};

// A few disturbances take little time; what they do not excuse is asked again with many.
constexpr int kFew = 5, kMany = 100;

Trial trial(std::string name, const Graph& graph, Values inputs, std::uint64_t seed, int disturbances) {
  Trial result{std::move(name), std::move(inputs), {}, ""};
  try {
    result.expected = expect(graph, result.inputs, seed, disturbances);
  } catch (const Error& e) {
    result.refusal = e.what();
    result.may_run = !nodes_that_must_run(graph).contains(e.where().node);
  }
  return result;
}

// As drawn, with the elements elsewhere, and with another size in an open dim.
std::vector<Trial> trials(const Graph& graph, const DrawnGraph& drawn, std::uint64_t seed, int disturbances = kFew) {
  std::vector<Trial> result{
      trial("", graph, drawn.inputs, seed, disturbances),
      trial("with other elements, ", graph, other_inputs(drawn.inputs, seed), seed, disturbances)};
  if (auto resized = resized_inputs(drawn, seed))
    result.push_back(trial("with other sizes, ", graph, std::move(*resized), seed, disturbances));
  return result;
}

// One graph loaded for one choice.
class Judge {
 public:
  Judge(const Graph& graph, const conformance::Choice& choice)
      : graph_(graph), session_(load(graph, choice)), context_(session_) {}

  // What is wrong with one run, and that a second one gives the same bits.
  std::vector<std::string> failures_of(const Trial& t) {
    std::vector<std::string> failures;
    try {
      const std::vector<Tensor> got = copies(context_.run(views(t.inputs)));
      if (!t.refusal.empty()) {
        if (t.may_run) return {};
        return {t.name + "runs, but should not: " + t.refusal};
      }
      for (std::size_t k = 0; k < got.size(); ++k) {
        const std::string wrong = mismatch(t.expected[k], got[k].view());
        if (!wrong.empty())
          failures.push_back(fmt::format("{}output '{}' {}", t.name, graph_.value(graph_.outputs[k]).name, wrong));
      }
      if (!conformance::identical(copies(context_.run(views(t.inputs))), got))
        failures.push_back(t.name + "a second run gives other bits");
    } catch (const Error& e) {
      if (t.refusal.empty()) failures.push_back(t.name + e.what());
    }
    return failures;
  }

 private:
  const Graph& graph_;
  Session session_;
  RunContext context_;
};

std::vector<std::string> failures_of(const Graph& graph, const std::vector<Trial>& trials,
                                     const conformance::Choice& choice) {
  std::vector<std::string> failures;
  try {
    Judge judge(graph, choice);
    for (const Trial& t : trials) std::ranges::move(judge.failures_of(t), std::back_inserter(failures));
  } catch (const std::exception& e) {
    failures.emplace_back(e.what());
  }
  return failures;
}

// The first node whose outputs, asked for alone, are wrong: where to look.
std::string culprit(const DrawnGraph& drawn, std::uint64_t seed, const conformance::Choice& choice) {
  for (NodeId id : drawn.graph.order()) {
    Graph alone = drawn.graph;
    alone.outputs.clear();
    for (ValueId v : alone.node(id).outputs)
      if (v != kNone) alone.outputs.push_back(v);
    const auto failures = failures_of(alone, trials(alone, drawn, seed, kMany), choice);
    if (!failures.empty()) return fmt::format("alone, node '{}' fails: {}", alone.node(id).name, failures[0]);
  }
  return "no node fails alone";
}

bool is_open(const TensorType& type) {
  return !type.ranked() || std::ranges::any_of(*type.shape, [](const Dim& d) { return !d.known(); });
}

Contents contents_of(const Graph& graph) {
  Contents c;
  for (ValueId v : graph.inputs) c.open_dims |= is_open(graph.value(v).type);
  for (std::size_t i = 0; i < graph.num_values(); ++i)
    ++c.types[std::string(name_of(graph.value(ValueId{static_cast<std::uint32_t>(i)}).type.dtype))];
  for (NodeId id : graph.order()) {
    ++c.operators[graph.node(id).op->name];
    for (const Attribute& a : graph.node(id).attributes) {
      const auto* held = std::get_if<GraphPtr>(&a.value);
      if (held == nullptr) continue;
      Contents inner = contents_of(**held);
      ++inner.depth;
      inner.open_dims = false;
      c.add(inner);
    }
  }
  return c;
}

}  // namespace

void Contents::add(const Contents& other) {
  for (const auto& [name, count] : other.operators) operators[name] += count;
  for (const auto& [name, count] : other.types) types[name] += count;
  depth = std::max(depth, other.depth);
  open_dims |= other.open_dims;
}

namespace {

void check(const DrawnGraph& drawn, std::span<const conformance::Choice> choices, GraphReport& report) {
  report.contents = contents_of(drawn.graph);
  const std::vector<Trial> all = trials(drawn.graph, drawn, report.seed);
  for (const Trial& t : all) {
    ++report.runs;
    report.refused += !t.refusal.empty();
    for (const Expectation& e : t.expected) {
      report.elements += static_cast<std::int64_t>(e.elements.size());
      report.open += e.open;
    }
  }
  for (const conformance::Choice& choice : choices) {
    std::vector<std::string> failures = failures_of(drawn.graph, all, choice);
    if (!failures.empty()) failures = failures_of(drawn.graph, trials(drawn.graph, drawn, report.seed, kMany), choice);
    for (const std::string& failure : failures) report.failures.push_back(to_string(choice) + ": " + failure);
    if (!failures.empty()) report.failures.push_back(to_string(choice) + ": " + culprit(drawn, report.seed, choice));
  }
  if (!report.failures.empty()) report.text = print(drawn.graph);
}

}  // namespace

GraphReport check_graph(std::uint64_t seed, std::span<const conformance::Choice> choices) {
  GraphReport report;
  report.seed = seed;
  try {
    check(draw_graph(seed), choices, report);
  } catch (const std::logic_error& e) {  // a shape rule and a formula differ
    report.failures.emplace_back(e.what());
  }
  return report;
}

void save_graph(std::uint64_t seed, const std::string& folder) {
  const DrawnGraph drawn = draw_graph(seed);
  const std::filesystem::path data = std::filesystem::path(folder) / "test_data_set_0";
  std::filesystem::create_directories(data);
  export_file(drawn.graph, folder + "/model.onnx", Overwrite::yes);
  const auto write = [&](const std::string& kind, const Values& tensors, const std::vector<ValueId>& ids) {
    for (std::size_t i = 0; i < tensors.size(); ++i)
      write_tensor_file((data / fmt::format("{}_{}.pb", kind, i)).string(), tensors[i]->view(),
                        drawn.graph.value(ids[i]).name, Overwrite::yes);
  };
  write("input", drawn.inputs, drawn.graph.inputs);
  write("output", Interpreter().outputs(drawn.graph, drawn.inputs), drawn.graph.outputs);
}

}  // namespace rondo::differential
