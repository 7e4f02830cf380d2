// What `rondo inspect` finds out, and its two forms.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "passes/layers.h"
#include "rondo/session.h"
#include "train/parameters.h"

namespace rondo::tool {

// How the model would run with certain shapes.
struct PlanFacts {
  std::vector<std::vector<std::int64_t>> shapes;  // of the inputs
  std::vector<std::string> assumed;               // dims nobody chose: "T=16"
  std::vector<StepInfo> steps;
  std::size_t working_bytes = 0;
  std::string failure;  // why there is no plan for these shapes
};

struct Inspection {
  Session session;
  std::vector<RecurrentLayer> layers;
  std::vector<Parameter> parameters;
  PlanFacts plan;
  // With --trainable or --freeze: what they leave to train.
  std::optional<std::vector<train::Candidate>> training{};

  // What runs each layer; null when no step of the plan is that node.
  std::vector<const StepInfo*> steps_of_layers() const;
};

struct Sections {
  bool nodes = false, explain = false, ir = false;
};

std::string text_of(const Inspection& found, const Sections& sections);
nlohmann::ordered_json document_of(const Inspection& found, const Sections& sections);

// Operators of the graph and its subgraphs with how often they occur, most frequent first: {"LSTM", 2}.
std::vector<std::pair<std::string, std::size_t>> operator_counts(const Graph& graph);

// f(graph, node, depth) for every node, those of subgraphs after their owner with depth one more.
template <class F>
void for_each_node(const Graph& graph, F&& f, int depth = 0) {
  for (const NodeId id : graph.order()) {
    const Node& node = graph.node(id);
    f(graph, node, depth);
    for (const Attribute& a : node.attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value)) for_each_node(**sub, f, depth + 1);
  }
}

// "forward", "reverse" or "bidirectional".
std::string direction_text(const RecurrentLayer& layer);

}  // namespace rondo::tool
