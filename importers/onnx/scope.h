// What a name means at one place of a model: in the main graph, in a subgraph, which sees the names around it, or in a
// function body, which sees only its own. Used by the graph builder.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "importers/onnx/opsets.h"
#include "importers/onnx/source_node.h"

namespace rondo::importer {

// Unused value names of one graph. Names of the file are reserved, so that names made up for inlined functions and
// legalized nodes cannot take one that comes later.
class GraphNames : public NameSource {
 public:
  explicit GraphNames(const Graph& graph) : graph_(graph) {}
  void reserve(const std::string& name) { reserved_.insert(name); }
  std::string fresh(const std::string& wanted) override;

 private:
  const Graph& graph_;
  std::unordered_set<std::string> reserved_;
  std::unordered_map<std::string, std::size_t> next_;  // number to try for a wanted name, so that many alike stay cheap
};

struct Scope {
  Graph& graph;
  GraphNames& names;
  const Opsets& opsets;
  std::string place;                                            // the graph or function, as errors name it
  Scope* outer = nullptr;                                       // a subgraph's surroundings
  const Attributes* call = nullptr;                             // a function body's attributes
  std::string prefix{};                                         // of value and node names made in a function body
  std::unordered_map<std::string, ValueId> values{};            // kNone: an input the caller left out
  std::unordered_map<std::string, std::string> result_names{};  // of a function: what the caller calls its outputs
  std::vector<std::pair<ValueId, ValueId>> captured{};          // outer value, inner value
  std::unordered_map<std::string, const onnx::ValueInfoProto*> declared{};

  bool knows(const std::string& name) const {
    return values.contains(name) || (outer != nullptr && outer->knows(name));
  }
  // The value a name stands for, captured from the surroundings when it is theirs; nullopt when there is none.
  std::optional<ValueId> find(const std::string& name);
  // The name that the value `name` gets in the graph.
  std::string graph_name(const std::string& name);
};

}  // namespace rondo::importer
