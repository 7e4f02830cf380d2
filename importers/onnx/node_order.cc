#include "importers/onnx/node_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <unordered_map>

#include "importers/onnx/cycle.h"
#include "importers/onnx/suggestion.h"
#include "rondo/error.h"

namespace rondo::importer {
namespace {

constexpr std::size_t kShownNames = 8;

class Orderer {
 public:
  Orderer(const NodeList& nodes, const std::string& graph_name, const std::unordered_set<std::string>& given,
          const std::function<bool(const std::string&)>& known)
      : nodes_(nodes), graph_name_(graph_name), given_(given), known_(known), readers_(count()), waiting_(count()) {}

  NodeOrder run() {
    find_producers();
    bool in_order = true;
    for (std::size_t i = 0; i < count(); ++i) in_order &= connect(i);
    NodeOrder out;
    out.order.reserve(count());
    if (in_order) {
      for (int i = 0; i < nodes_.size(); ++i) out.order.push_back(i);
      return out;
    }
    out.sorted = true;
    sort(out.order);
    return out;
  }

 private:
  std::size_t count() const { return static_cast<std::size_t>(nodes_.size()); }
  const onnx::NodeProto& node(std::size_t i) const { return nodes_[static_cast<int>(i)]; }

  Error error(std::size_t i, std::string what) const {
    return Error(ErrorCode::model, std::move(what))
        .at_node(node(i).name(), node(i).op_type(), static_cast<std::int64_t>(i), graph_name_);
  }

  void find_producers() {
    for (std::size_t i = 0; i < count(); ++i) {
      for (const std::string& name : node(i).output()) {
        if (name.empty()) continue;
        if (given_.contains(name))
          throw error(i, fmt::format("output '{}' is already an input or initializer", name))
              .fix("give every value its own name");
        if (!producer_.emplace(name, i).second)
          throw error(i, fmt::format("output '{}' is produced by another node, too", name))
              .fix("give every value its own name");
      }
    }
  }

  // Edges into node i. False when one of its producers stands at or after it.
  bool connect(std::size_t i) {
    bool in_order = true;
    for (const std::string& name : node(i).input()) {
      if (name.empty() || given_.contains(name)) continue;
      const auto it = producer_.find(name);
      if (it != producer_.end()) {
        in_order &= add_edge(it->second, i);
      } else if (!known_(name)) {
        throw missing(i, name);
      }
    }
    std::unordered_set<std::string> captured;
    for (const auto& attribute : node(i).attribute())
      if (attribute.has_g()) collect_free_names(attribute.g(), captured);
    for (const std::string& name : captured)
      if (const auto it = producer_.find(name); it != producer_.end()) in_order &= add_edge(it->second, i);
    return in_order;
  }

  bool add_edge(std::size_t from, std::size_t to) {
    readers_[from].push_back(to);
    ++waiting_[to];
    return from < to;
  }

  Error missing(std::size_t i, const std::string& name) const {
    Suggestion near(name);
    for (const std::string& candidate : given_) near.offer(candidate);
    for (const auto& [candidate, from] : producer_) near.offer(candidate);
    Error e = error(i, fmt::format("input '{}' is made by nothing", name));
    return near.best().empty() ? e.fix("export the model again")
                               : e.fix(fmt::format("if '{}' was meant, rename the input", near.best()));
  }

  void sort(std::vector<int>& order) {
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < count(); ++i)
      if (waiting_[i] == 0) ready.push(i);
    while (!ready.empty()) {
      const std::size_t i = ready.top();
      ready.pop();
      order.push_back(static_cast<int>(i));
      for (std::size_t reader : readers_[i])
        if (--waiting_[reader] == 0) ready.push(reader);
    }
    if (order.size() != count()) throw cycle();
  }

  // What is left waiting holds a cycle, and nodes behind one.
  Error cycle() const {
    std::vector<std::vector<std::size_t>> edges(count());
    for (std::size_t i = 0; i < count(); ++i)
      if (waiting_[i] > 0) edges[i] = readers_[i];
    const auto nodes = short_cycle(edges);
    std::string names;
    for (std::size_t k = 0; k < nodes.size() && k < kShownNames; ++k) {
      const std::string& name = node(nodes[k]).name();
      names += (k == 0 ? "" : " -> ") + (name.empty() ? fmt::format("#{}", nodes[k]) : name);
    }
    if (nodes.size() > kShownNames) names += fmt::format(" -> and {} more", nodes.size() - kShownNames);
    return error(nodes.empty() ? 0 : nodes[0], "the nodes form a cycle").got(names).fix("export the model again");
  }

  const NodeList& nodes_;
  const std::string& graph_name_;
  const std::unordered_set<std::string>& given_;
  const std::function<bool(const std::string&)>& known_;
  std::unordered_map<std::string, std::size_t> producer_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<std::size_t> waiting_;
};

}  // namespace

NodeOrder order_nodes(const NodeList& nodes, const std::string& graph_name,
                      const std::unordered_set<std::string>& given,
                      const std::function<bool(const std::string&)>& known) {
  return Orderer(nodes, graph_name, given, known).run();
}

void collect_free_names(const onnx::GraphProto& graph, std::unordered_set<std::string>& out) {
  std::unordered_set<std::string> own, used;
  for (const auto& input : graph.input()) own.insert(input.name());
  for (const auto& tensor : graph.initializer()) own.insert(tensor.name());
  for (const auto& node : graph.node()) {
    own.insert(node.output().begin(), node.output().end());
    used.insert(node.input().begin(), node.input().end());
    for (const auto& attribute : node.attribute())
      if (attribute.has_g()) collect_free_names(attribute.g(), used);
  }
  for (const auto& output : graph.output()) used.insert(output.name());
  for (const std::string& name : used)
    if (!name.empty() && !own.contains(name)) out.insert(name);
}

}  // namespace rondo::importer
