#include "runtime/stages.h"

#include <algorithm>

namespace rondo {
namespace {

using From = Source::From;

class Cutter {
 public:
  explicit Cutter(Graph graph) : graph_(std::move(graph)), stage_(graph_.num_values(), kHead) {}

  Stages run() {
    assign_stages();
    Stages out;
    if (std::ranges::find(node_stage_, kLate) == node_stage_.end()) {
      out.head = std::move(graph_);
      return out;
    }
    number_inputs();
    take_late(out);
    take_rest(out);
    for (ValueId v : graph_.outputs) out.outputs.push_back(source_of_output(v));
    out.head = only(kHead);
    out.head.outputs = head_outputs_;
    return out;
  }

 private:
  enum Stage : std::uint8_t { kHead, kLate, kRest };

  // A node waits for the latest of its inputs; one whose own output shapes are open is late at best.
  void assign_stages() {
    node_stage_.assign(graph_.node_capacity(), kHead);
    for (NodeId id : graph_.order()) {
      const Node& n = graph_.node(id);
      bool waits = false, open = false;
      for (ValueId in : n.inputs) waits |= in != kNone && stage_[Graph::index(in)] != kHead;
      for (ValueId out : n.outputs) open |= out != kNone && !concrete_dims(graph_.value(out).type);
      const Stage stage = waits ? kRest : open ? kLate : kHead;
      node_stage_[Graph::index(id)] = stage;
      for (ValueId out : n.outputs)
        if (out != kNone) stage_[Graph::index(out)] = stage;
    }
  }

  void number_inputs() {
    place_.assign(graph_.num_values(), kUnplaced);
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) place_[Graph::index(graph_.inputs[i])] = i;
  }

  bool is_input(ValueId v) const { return std::ranges::find(graph_.inputs, v) != graph_.inputs.end(); }

  // Of a value that a late node or the rest reads.
  Source source(ValueId v) {
    if (v == kNone) return {};
    const Value& value = graph_.value(v);
    if (value.constant) return {From::constant, 0, value.constant};
    std::size_t& place = place_[Graph::index(v)];
    if (stage_[Graph::index(v)] == kLate) return {From::late, place};
    if (is_input(v)) return {From::input, place};
    return {From::head, head_output(v)};
  }

  // Outputs of the head are memory of the run, so that inputs and constants are copied like everywhere else.
  Source source_of_output(ValueId v) {
    const Stage stage = stage_[Graph::index(v)];
    if (stage == kLate) return {From::late, place_[Graph::index(v)]};
    if (stage == kRest) {
      const auto& outs = rest_outputs_;
      return {From::rest, static_cast<std::size_t>(std::ranges::find(outs, v) - outs.begin())};
    }
    return {From::head, head_output(v)};
  }

  std::size_t head_output(ValueId v) {
    const auto known = std::ranges::find(head_outputs_, v);
    if (known == head_outputs_.end()) head_outputs_.push_back(v);
    return static_cast<std::size_t>(std::ranges::find(head_outputs_, v) - head_outputs_.begin());
  }

  void take_late(Stages& out) {
    std::size_t slots = 0;
    for (NodeId id : graph_.order()) {
      if (node_stage_[Graph::index(id)] != kLate) continue;
      LateNode late;
      late.node = graph_.node(id);
      late.node_index = static_cast<std::int64_t>(Graph::index(id));
      late.first_slot = slots;
      for (ValueId in : late.node.inputs) late.inputs.push_back(source(in));
      for (ValueId made : late.node.outputs) {
        if (made != kNone) place_[Graph::index(made)] = slots;
        ++slots;
      }
      out.late.push_back(std::move(late));
    }
  }

  void take_rest(Stages& out) {
    for (ValueId v : graph_.outputs)
      if (stage_[Graph::index(v)] == kRest && std::ranges::find(rest_outputs_, v) == rest_outputs_.end())
        rest_outputs_.push_back(v);
    if (rest_outputs_.empty()) return;
    Graph rest = only(kRest);
    rest.inputs.clear();
    rest.outputs = rest_outputs_;
    std::vector<bool> taken(graph_.num_values());
    const auto take = [&](ValueId v) {
      if (v == kNone || stage_[Graph::index(v)] == kRest || taken[Graph::index(v)] || graph_.value(v).constant) return;
      taken[Graph::index(v)] = true;
      rest.inputs.push_back(v);
      out.rest_inputs.push_back(source(v));
    };
    for (NodeId id : rest.order())
      for (ValueId in : rest.node(id).inputs) take(in);
    out.rest = std::move(rest);
  }

  Graph only(Stage stage) const {
    Graph g = graph_;
    std::vector<bool> others(g.node_capacity());
    for (NodeId id : g.order()) others[Graph::index(id)] = node_stage_[Graph::index(id)] != stage;
    g.erase(others);
    return g;
  }

  static constexpr std::size_t kUnplaced = ~std::size_t{0};

  Graph graph_;
  std::vector<Stage> stage_;        // by value
  std::vector<Stage> node_stage_;   // by node
  std::vector<std::size_t> place_;  // by value: of an input, or of a late output
  std::vector<ValueId> head_outputs_, rest_outputs_;
};

}  // namespace

Stages cut_at_open_shapes(Graph graph) { return Cutter(std::move(graph)).run(); }

}  // namespace rondo
