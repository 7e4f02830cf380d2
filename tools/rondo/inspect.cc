// rondo inspect: what is in a model, whether and how Rondo would run it.
#include "tools/rondo/inspect.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <map>
#include <memory>

#include "base/escape.h"
#include "base/where.h"
#include "importers/onnx/limits.h"
#include "runtime/session_state.h"
#include "tools/rondo/dims.h"
#include "tools/rondo/fault.h"
#include "tools/rondo/generate.h"
#include "tools/rondo/model.h"
#include "tools/rondo/options.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/training.h"
#include "tools/rondo/verb.h"

namespace rondo::tool {
namespace {

struct InspectOptions : Options {
  std::string model;
  Sections sections;
  bool limits = false;
  DimOptions dims;
  std::vector<train::Rule> rules;
};

// Nothing is computed: a plan is made for inputs of the chosen shapes, whose values matter only where they decide
// shapes.
PlanFacts plan_for(const Session& session, const InspectOptions& options, Trace& trace) {
  const auto span = trace.span("prepare");
  PlanFacts plan;
  ShapeChoice choice =
      choose_shapes(session, options.dims, std::vector<const std::vector<std::int64_t>*>(session.inputs().size()));
  plan.assumed = std::move(choice.assumed);
  plan.shapes = choice.shapes;
  const std::vector<std::int64_t> lengths = lengths_of_inputs(session, choice);
  try {
    std::vector<Tensor> inputs;
    std::vector<TensorView> views;
    for (std::size_t i = 0; i < choice.shapes.size(); ++i)
      inputs.push_back(generate(session.inputs()[i], choice.shapes[i], options.seed, lengths[i]));
    for (const Tensor& t : inputs) views.push_back(t.view());
    RunContext context(session);
    context.prepare(views);
    plan.steps = context.explain();
    plan.working_bytes = context.working_bytes();
  } catch (const Error& e) {
    plan.failure = e.what();
  }
  return plan;
}

nlohmann::ordered_json limits_document() {
  const ImportLimits limits;
  return {{"file_bytes", limits.file_bytes},
          {"nodes", limits.nodes},
          {"initializers", limits.initializers},
          {"attributes_per_node", limits.attributes_per_node},
          {"subgraph_depth", limits.subgraph_depth},
          {"function_depth", limits.function_depth},
          {"name_bytes", limits.name_bytes},
          {"rank", limits.rank},
          {"metadata_entries", limits.metadata_entries},
          {"external_files", limits.external_files},
          {"hidden_size", ops::kMaxHiddenSize}};
}

int show_limits(const InspectOptions& options) {
  const nlohmann::ordered_json limits = limits_document();
  if (options.json) return print_document({{"limits", limits}}), 0;
  std::string text;
  for (const auto& [name, value] : limits.items()) text += fmt::format("{:<22}{}\n", name, value.get<std::int64_t>());
  print(text + "all constants         three quarters of the memory of the machine or cgroup\n");
  return 0;
}

// A model that is valid but not supported is a finding: every reason goes to stdout, the error line to stderr as ever.
int show_unsupported(const InspectOptions& options, const Error& e) {
  const std::string place = to_string(e.where());
  std::vector<std::string> reasons{place + (place.empty() ? "" : ": ") + e.message()};
  reasons.insert(reasons.end(), e.others().begin(), e.others().end());
  if (options.json) {
    print_document({{"model", options.model}, {"supported", false}, {"reasons", reasons}, {"error", to_json(e)}});
  } else {
    std::string text = escaped(options.model) + "\nsupported: " + coloured("no", Colour::red) + "\n";
    for (const std::string& reason : reasons) text += "  " + escaped(reason) + "\n";
    print(text);
  }
  return report(e, false);
}

int inspect(InspectOptions& options) try {
  apply(options);
  if (options.limits) return show_limits(options);
  if (options.model.empty()) throw Error(ErrorCode::usage, "no model is given").fix("see 'rondo inspect --help'");
  Trace trace(options.trace, options.force);
  Session session = load_model(options.model, options, trace);
  Inspection found{session, recurrent_layers(session.graph()), parameters(session.graph()),
                   plan_for(session, options, trace)};
  if (!options.rules.empty()) {
    found.training = train::candidates(session.state()->imported);
    train::choose(*found.training, options.rules);
  }
  trace.save();
  if (options.json)
    print_document(document_of(found, options.sections));
  else
    print(text_of(found, options.sections));
  return 0;
} catch (const Error& e) {
  if (e.code() != ErrorCode::unsupported) throw;
  return show_unsupported(options, e);
}

nlohmann::ordered_json to_json(const std::vector<TensorInfo>& tensors) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TensorInfo& t : tensors) {
    nlohmann::ordered_json shape;
    if (t.shape) {
      shape = nlohmann::ordered_json::array();
      for (const DimInfo& d : *t.shape)
        shape.push_back(d.known() ? nlohmann::ordered_json(d.value) : nlohmann::ordered_json(d.symbol));
    }
    list.push_back({{"name", t.name}, {"dtype", name_of(t.dtype)}, {"shape", shape}});
  }
  return list;
}

nlohmann::ordered_json to_json(const Dim& dim) {
  if (dim.known()) return dim.value;
  return dim.symbol.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(dim.symbol);
}

nlohmann::ordered_json to_json(const StepInfo& step) {
  return {{"node", step.node},
          {"op", step.op},
          {"backend", step.backend},
          {"kernel", step.kernel},
          {"refusals", step.refusals}};
}

nlohmann::ordered_json to_json(const RecurrentLayer& layer, const StepInfo* step) {
  using namespace ops::recurrent_input;
  const bool lstm = layer.form.cell == ops::Cell::lstm;
  nlohmann::ordered_json j{{"alias", layer.alias},
                           {"op", layer.op().op->name},
                           {"node", layer.op().name},
                           {"direction", direction_text(layer)},
                           {"input_size", to_json(layer.input_size)},
                           {"hidden_size", to_json(layer.hidden_size)},
                           {"stack", layer.stack},
                           {"position", layer.position},
                           {"depth", layer.depth},
                           {"sequence_lens", layer.has(sequence_lens)},
                           {"initial_h", layer.has(initial_h)}};
  if (lstm) j.update({{"initial_c", layer.has(initial_c)}, {"peepholes", layer.has(P)}});
  if (step != nullptr) j["runs_on"] = to_json(*step);
  return j;
}

nlohmann::ordered_json to_json(const Parameter& p) {
  nlohmann::ordered_json j{{"alias", p.aliases[0]}, {"tensor", p.name()}, {"dtype", name_of(p.tensor().dtype())}};
  if (p.aliases.size() > 1) j["also"] = std::vector<std::string>(p.aliases.begin() + 1, p.aliases.end());
  if (p.direction >= 0) j["direction"] = p.direction;
  j.update({{"shape", p.shape}, {"count", p.count()}, {"trainable", p.frozen.empty()}});
  if (!p.frozen.empty()) j["frozen"] = p.frozen;
  return j;
}

nlohmann::ordered_json to_json(const ModelInfo& info) {
  nlohmann::ordered_json opsets = nlohmann::ordered_json::object();
  for (const auto& [domain, version] : info.opsets) opsets[domain.empty() ? "ai.onnx" : domain] = version;
  return {{"model", info.file},
          {"supported", true},
          {"file_bytes", info.file_bytes},
          {"ir_version", info.ir_version},
          {"opsets", opsets},
          {"producer", {{"name", info.producer_name}, {"version", info.producer_version}}},
          {"graph", info.graph_name},
          {"metadata", info.metadata},
          {"unknown_fields", info.unknown_fields},
          {"warnings", info.warnings}};
}

nlohmann::ordered_json plan_document(const Inspection& found) {
  const PlanFacts& plan = found.plan;
  nlohmann::ordered_json j{
      {"isa", found.session.isa()}, {"threads", found.session.threads()}, {"assumed", plan.assumed}};
  if (!plan.failure.empty()) return j["failure"] = plan.failure, j;
  j.update({{"input_shapes", plan.shapes}, {"working_bytes", plan.working_bytes}});
  j["steps"] = nlohmann::ordered_json::array();
  for (const StepInfo& step : plan.steps) j["steps"].push_back(to_json(step));
  return j;
}

nlohmann::ordered_json nodes_document(const Graph& graph) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for_each_node(graph, [&](const Graph& g, const Node& node, int depth) {
    nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
    for (const ValueId id : node.outputs)
      if (id != kNone) outputs.push_back({{"name", g.value(id).name}, {"type", to_string(g.value(id).type)}});
    list.push_back({{"name", node.name}, {"op", node.op->name}, {"depth", depth}, {"outputs", std::move(outputs)}});
  });
  return list;
}

}  // namespace

std::vector<const StepInfo*> Inspection::steps_of_layers() const {
  std::vector<const StepInfo*> result;
  std::vector<bool> used(plan.steps.size());
  for (const RecurrentLayer& layer : layers) {
    const StepInfo* found = nullptr;
    for (std::size_t i = 0; i < plan.steps.size() && found == nullptr; ++i)
      if (!used[i] && plan.steps[i].op == layer.op().op->name && plan.steps[i].node == layer.op().name) {
        used[i] = true;
        found = &plan.steps[i];
      }
    result.push_back(found);
  }
  return result;
}

std::vector<std::pair<std::string, std::size_t>> operator_counts(const Graph& graph) {
  std::map<std::string, std::size_t> counts;
  for_each_node(graph, [&](const Graph&, const Node& node, int) { ++counts[node.op->name]; });
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::ranges::greater{}, &std::pair<std::string, std::size_t>::second);
  return sorted;
}

std::string direction_text(const RecurrentLayer& layer) {
  return layer.form.D == 2 ? "bidirectional" : layer.form.reverse[0] ? "reverse" : "forward";
}

nlohmann::ordered_json document_of(const Inspection& found, const Sections& sections) {
  nlohmann::ordered_json j = to_json(found.session.info());
  j["inputs"] = to_json(found.session.inputs());
  j["outputs"] = to_json(found.session.outputs());
  j["operators"] = nlohmann::ordered_json::object();
  for (const auto& [name, count] : operator_counts(found.session.graph())) j["operators"][name] = count;
  j["recurrent_layers"] = nlohmann::ordered_json::array();
  const std::vector<const StepInfo*> steps = found.steps_of_layers();
  for (std::size_t i = 0; i < found.layers.size(); ++i)
    j["recurrent_layers"].push_back(to_json(found.layers[i], steps[i]));
  j["parameters"] = nlohmann::ordered_json::array();
  for (const Parameter& p : found.parameters) j["parameters"].push_back(to_json(p));
  if (found.training) j["training"] = training_document(*found.training);
  j["plan"] = plan_document(found);
  if (!sections.explain) j["plan"].erase("steps");
  if (sections.nodes) j["nodes"] = nodes_document(found.session.graph());
  if (sections.ir) j["ir"] = print(found.session.graph());
  return j;
}

Verb add_inspect(CLI::App& command) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* app = command.add_subcommand("inspect", "Say what is in a model, and whether and how it would run");
  app->add_option("MODEL", options->model, "The ONNX file; - reads standard input")->type_name("");
  app->add_flag("--explain", options->sections.explain, "What runs each node, and why nothing else does");
  app->add_flag("--nodes", options->sections.nodes, "Every node with its outputs");
  app->add_flag("--ir", options->sections.ir, "The graph as text");
  add_training_options(*app, options->rules);
  app->add_flag("--limits", options->limits, "The limits of what is loaded; needs no model");
  add_dim_options(*app, options->dims);
  add_session_options(*app, *options);
  add_file_options(*app, *options);
  add_output_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  rondo inspect examples/tagger/model.onnx\n"
      "  rondo inspect examples/forecaster/model.onnx --explain --json");
  return {app, [options] { return inspect(*options); }};
}

}  // namespace rondo::tool
