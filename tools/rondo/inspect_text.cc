#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/escape.h"
#include "tools/rondo/element.h"
#include "tools/rondo/inspect.h"
#include "tools/rondo/table.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/training.h"

namespace rondo::tool {
namespace {

std::string bytes_text(std::size_t bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  if (bytes < 10'000'000) return fmt::format("{} KB", (bytes + 500) / 1000);
  return fmt::format("{} MB", (bytes + 500'000) / 1'000'000);
}

std::string head(const ModelInfo& info) {
  std::string s = fmt::format("{}: {}, IR {}", escaped(info.file.empty() ? "model" : info.file),
                              bytes_text(info.file_bytes), info.ir_version);
  for (const auto& [domain, version] : info.opsets)
    s += domain.empty() ? fmt::format(", opset {}", version) : fmt::format(", {} {}", escaped(domain), version);
  if (!info.producer_name.empty())
    s += fmt::format(", from {}{}{}", escaped(info.producer_name), info.producer_version.empty() ? "" : " ",
                     escaped(info.producer_version));
  return s + "\n";
}

std::string tensors(const char* title, const std::vector<TensorInfo>& infos) {
  Table table;
  for (const TensorInfo& t : infos) table.add({escaped(t.name), to_string(t)});
  return fmt::format("\n{}\n{}", title, table.text());
}

std::string counts(const Graph& graph) {
  std::string list;
  std::size_t total = 0;
  for (const auto& [name, count] : operator_counts(graph)) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", name, count);
    total += count;
  }
  return fmt::format("\n{} node{}: {}\n", total, total == 1 ? "" : "s", list);
}

std::string dim_text(const Dim& dim) {
  return dim.known() ? std::to_string(dim.value) : dim.symbol.empty() ? "?" : escaped(dim.symbol);
}

std::string states_text(const RecurrentLayer& layer) {
  using namespace ops::recurrent_input;
  std::string s = layer.has(sequence_lens) ? "lengths" : "no lengths";
  const bool h = layer.has(initial_h), c = layer.form.cell == ops::Cell::lstm && layer.has(initial_c);
  s += h && c ? ", states h c" : h ? ", state h" : c ? ", state c" : ", no states";
  if (layer.form.cell == ops::Cell::lstm && layer.has(P)) s += ", peepholes";
  return s;
}

std::string kernel_text(const StepInfo* step) { return step == nullptr ? "" : step->backend + ": " + step->kernel; }

// Each reason once, with the layers it holds for.
std::string refusals(const Inspection& found, const std::vector<const StepInfo*>& steps) {
  std::map<std::string, std::vector<std::string>> layers_of;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i] != nullptr)
      for (const std::string& reason : steps[i]->refusals) layers_of[reason].push_back(found.layers[i].alias);
  std::string s;
  for (const auto& [reason, aliases] : layers_of)
    s += fmt::format(
        "  not {} ({})\n", reason,
        aliases.size() == steps.size() && steps.size() > 1 ? "all" : fmt::format("{}", fmt::join(aliases, ", ")));
  return s;
}

std::string layers(const Inspection& found) {
  if (found.layers.empty()) return "\nno recurrent layers\n";
  Table table;
  const std::vector<const StepInfo*> steps = found.steps_of_layers();
  for (std::size_t i = 0; i < found.layers.size(); ++i) {
    const RecurrentLayer& layer = found.layers[i];
    table.add({layer.alias, layer.op().op->name + " " + direction_text(layer),
               fmt::format("{} -> {}{}", dim_text(layer.input_size), layer.form.D == 2 ? "2 x " : "",
                           dim_text(layer.hidden_size)),
               layer.depth > 1 ? fmt::format("layer {} of {}", layer.position + 1, layer.depth) : "single layer",
               states_text(layer), "'" + escaped(layer.op().name) + "'", kernel_text(steps[i])});
  }
  std::string s = "\nrecurrent layers\n" + table.text() + refusals(found, steps);
  if (!found.plan.failure.empty()) s += "  how they would run is not known: " + found.plan.failure + "\n";
  return s;
}

std::string learned(const std::vector<Parameter>& all) {
  if (all.empty()) return "\nno parameters\n";
  Table table;
  std::int64_t total = 0, trainable = 0;
  for (const Parameter& p : all) {
    total += p.count();
    if (p.frozen.empty()) trainable += p.count();
    std::string name = "'" + escaped(p.name()) + "'";
    if (p.direction >= 0) name += fmt::format("[{}]", p.direction);
    if (!p.frozen.empty()) name += " frozen: " + p.frozen;
    if (p.aliases.size() > 1) name += fmt::format(" also {}", fmt::join(p.aliases.begin() + 1, p.aliases.end(), ", "));
    table.add({p.aliases[0], type_text(p.tensor().dtype(), p.shape), with_commas(p.count()), name});
  }
  return fmt::format("\nparameters\n{}  {} numbers, {} trainable\n", table.text(), with_commas(total),
                     with_commas(trainable));
}

std::string shapes_text(const Inspection& found) {
  std::string s;
  for (std::size_t i = 0; i < found.plan.shapes.size(); ++i)
    s += (i ? ", " : "") + escaped(found.session.inputs()[i].name) + " " +
         type_text(found.session.inputs()[i].dtype, found.plan.shapes[i]);
  return s;
}

std::string plan(const Inspection& found) {
  if (!found.plan.failure.empty()) return "\nno plan for " + shapes_text(found) + ": " + found.plan.failure + "\n";
  Table table;
  for (std::size_t i = 0; i < found.plan.steps.size(); ++i) {
    const StepInfo& step = found.plan.steps[i];
    const std::string why = step.refusals.empty() ? "" : fmt::format(" (not {})", fmt::join(step.refusals, "; not "));
    table.add({std::to_string(i), step.op, "'" + escaped(step.node) + "'", kernel_text(&step) + why});
  }
  return fmt::format("\nplan for {}: {} steps, {} of working memory, {}, {} thread{}\n{}", shapes_text(found),
                     found.plan.steps.size(), bytes_text(found.plan.working_bytes), found.session.isa(),
                     found.session.threads(), found.session.threads() == 1 ? "" : "s", table.text());
}

std::string nodes(const Graph& graph) {
  Table table;
  std::size_t index = 0;
  for_each_node(graph, [&](const Graph& g, const Node& node, int depth) {
    std::string outputs;
    for (const ValueId id : node.outputs)
      if (id != kNone)
        outputs += (outputs.empty() ? "" : ", ") + escaped(g.value(id).name) + " " + to_string(g.value(id).type);
    table.add({std::to_string(index++), std::string(static_cast<std::size_t>(2 * depth), ' ') + node.op->name,
               "'" + escaped(node.name) + "'", outputs});
  });
  return "\nnodes\n" + table.text();
}

}  // namespace

std::string text_of(const Inspection& found, const Sections& sections) {
  const Session& session = found.session;
  std::string s = head(session.info());
  s += "supported: " + coloured("yes", Colour::green) + "\n";
  s += tensors("inputs", session.inputs()) + tensors("outputs", session.outputs());
  s += counts(session.graph()) + layers(found);
  if (!found.plan.assumed.empty() && !found.layers.empty())
    s += fmt::format("  chosen for {}; other sizes with --dim or --shape\n", fmt::join(found.plan.assumed, ", "));
  s += found.training ? training_text(*found.training) : learned(found.parameters);
  if (sections.explain) s += plan(found);
  if (sections.nodes) s += nodes(session.graph());
  if (sections.ir) s += "\n" + print(session.graph());
  return s;
}

}  // namespace rondo::tool
