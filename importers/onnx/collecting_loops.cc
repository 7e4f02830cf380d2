// State k of a Loop is its input k + 2, its output k, the body's input k + 2 and the body's output k + 1; scan outputs
// come after the states on both sides. Graphs that do not even have these are left to the checks of Loop.
#include "importers/onnx/collecting_loops.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rondo::importer {
namespace {

using google::protobuf::RepeatedPtrField;
using Names = std::unordered_set<std::string>;
using Places = std::unordered_set<int>;
using Uses = std::unordered_map<std::string, int>;

bool is(const onnx::NodeProto& node, const char* op_type) {
  return node.op_type() == op_type && (node.domain().empty() || node.domain() == "ai.onnx");
}

// How often nodes and outputs name a value, those of subgraphs included.
void count_uses(const onnx::GraphProto& graph, Uses& uses) {
  for (const auto& output : graph.output()) ++uses[output.name()];
  for (const auto& node : graph.node()) {
    for (const std::string& name : node.input()) ++uses[name];
    for (const auto& attribute : node.attribute())
      if (attribute.has_g()) count_uses(attribute.g(), uses);
  }
}

template <class T>
void erase_at(RepeatedPtrField<T>& list, const Places& places) {
  int kept = 0;
  for (int i = 0; i < list.size(); ++i)
    if (!places.contains(i)) list.SwapElements(kept++, i);
  list.DeleteSubrange(kept, list.size() - kept);
}

onnx::GraphProto* body_of(onnx::NodeProto& loop) {
  for (auto& attribute : *loop.mutable_attribute())
    if (attribute.name() == "body" && attribute.has_g()) return attribute.mutable_g();
  return nullptr;
}

class CollectingLoop {
 public:
  CollectingLoop(onnx::NodeProto& loop, onnx::GraphProto& body)
      : loop_(loop), body_(body), states_(loop.input_size() - 2), scans_(body.output_size() - 1 - states_) {}

  void rewrite(const Names& empty_sequences) {
    if (states_ <= 0 || scans_ < 0 || body_.input_size() != loop_.input_size()) return;
    count_uses(body_, uses_);
    find_appends();
    for (int k = 0; k < states_; ++k) {
      const int append = empty_sequences.contains(loop_.input(k + 2)) ? append_of(k) : -1;
      if (append >= 0) moves_.push_back({k, append});
    }
    if (!moves_.empty()) apply();
  }

 private:
  void find_appends() {
    for (int i = 0; i < body_.node_size(); ++i) {
      const onnx::NodeProto& node = body_.node(i);
      const bool at_end = node.input_size() == 2 || (node.input_size() == 3 && node.input(2).empty());
      if (is(node, "SequenceInsert") && at_end && node.output_size() == 1) appends_[node.output(0)] = i;
    }
  }

  // The node that appends to state k, when that is all the body does with it; otherwise -1.
  int append_of(int k) const {
    const std::string& before = body_.input(k + 2).name();
    const std::string& after = body_.output(k + 1).name();
    const auto found = appends_.find(after);
    if (found == appends_.end() || body_.node(found->second).input(0) != before) return -1;
    return uses_.at(before) == 1 && uses_.at(after) == 1 ? found->second : -1;
  }

  // A state that becomes a scan output, and the node of the body that appends to it.
  struct Move {
    int state, append;
  };

  void apply() {
    while (loop_.output_size() < states_ + scans_) loop_.add_output();
    std::vector<std::string> collected, items;
    Places inputs, outputs, body_outputs, nodes;
    for (const Move& m : moves_) {
      inputs.insert(m.state + 2);
      outputs.insert(m.state);
      body_outputs.insert(m.state + 1);
      nodes.insert(m.append);
      collected.push_back(loop_.output(m.state));
      items.push_back(body_.node(m.append).input(1));
    }
    erase_at(*loop_.mutable_input(), inputs);
    erase_at(*body_.mutable_input(), inputs);
    erase_at(*loop_.mutable_output(), outputs);
    erase_at(*body_.mutable_output(), body_outputs);
    erase_at(*body_.mutable_node(), nodes);
    for (const std::string& name : collected) loop_.add_output(name);
    for (const std::string& name : items) body_.add_output()->set_name(name);
  }

  onnx::NodeProto& loop_;
  onnx::GraphProto& body_;
  int states_, scans_;
  Uses uses_;
  std::vector<Move> moves_;
  std::unordered_map<std::string, int> appends_;
};

}  // namespace

void collect_by_scan_outputs(onnx::GraphProto& graph) {
  Names empty_sequences;
  for (const auto& node : graph.node())
    if (is(node, "SequenceEmpty") && node.output_size() == 1) empty_sequences.insert(node.output(0));
  for (auto& node : *graph.mutable_node()) {
    for (auto& attribute : *node.mutable_attribute())
      if (attribute.has_g()) collect_by_scan_outputs(*attribute.mutable_g());
    onnx::GraphProto* body = is(node, "Loop") && !empty_sequences.empty() ? body_of(node) : nullptr;
    if (body != nullptr) CollectingLoop(node, *body).rewrite(empty_sequences);
  }
  if (empty_sequences.empty()) return;
  Uses uses;
  count_uses(graph, uses);
  Places unused;
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto& node = graph.node(i);
    if (is(node, "SequenceEmpty") && node.output_size() == 1 && !uses.contains(node.output(0))) unused.insert(i);
  }
  erase_at(*graph.mutable_node(), unused);
}

}  // namespace rondo::importer
