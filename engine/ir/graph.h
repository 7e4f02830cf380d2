// The graph every part of Rondo works on: values, nodes in an order that respects data flow, and subgraphs owned by
// nodes. Ids are small integers, stable while the graph lives; erased nodes leave a gap.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/attribute.h"
#include "ir/op_def.h"
#include "ir/type.h"

namespace rondo {

enum class ValueId : std::uint32_t {};
enum class NodeId : std::uint32_t {};
inline constexpr ValueId kNone{~0u};   // an absent optional input or output
inline constexpr NodeId kNoNode{~0u};  // the producer of graph inputs and constants

struct Value {
  std::string name;  // ONNX's name, unique in its graph
  TensorType type;
  NodeId producer = kNoNode;
  TensorPtr constant;  // set: the value is known and has no producer
};

// A node's inputs are the operator's own, then, for control flow, the outer values its subgraphs capture
// (num_captures).
struct Node {
  std::string name;
  const OpDef* op = nullptr;
  Attributes attributes;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::uint32_t num_captures = 0;
};

class Graph {
 public:
  std::string name;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  // In a subgraph: the inner value that stands for each captured outer value of the owning node, in the order of that
  // node's trailing inputs; kNone where this subgraph does not use it.
  std::vector<ValueId> captures;

  ValueId add_value(std::string value_name, TensorType type);
  ValueId add_input(std::string value_name, TensorType type);
  ValueId add_constant(std::string value_name, TensorPtr tensor);

  // Checks attributes and ports against the operator, fills defaults, runs the shape rule, and appends the node. An
  // empty output name means an absent output. Throws Error(model) naming the node.
  NodeId add_node(const OpDef& op, std::string node_name, Attributes attributes, std::vector<ValueId> node_inputs,
                  std::vector<std::string> output_names, std::uint32_t num_captures = 0);

  // Every reader of value i, graph outputs included, reads replacement[i] instead. One sweep for any number of values;
  // chains of replacements are followed.
  void replace_uses(std::vector<ValueId> replacement);
  void replace_uses(ValueId from, ValueId to);
  // The value becomes a constant and loses its producer's output slot (the producer's output becomes absent).
  void make_constant(ValueId value, TensorPtr tensor);
  // Removes the nodes marked by their index and frees the names of their outputs, which must have no readers left.
  void erase(const std::vector<bool>& marked);
  void erase(NodeId node);
  // Runs the shape rule of a node again after its inputs changed. Types only become more specific.
  void infer(NodeId node, ErrorCode code = ErrorCode::model);
  // The inputs whose values the node's shape rule asks for and does not find.
  std::vector<ValueId> values_wanted(NodeId node) const;
  // What infer would give, by output; absent outputs have an empty type.
  std::vector<TensorType> inferred(NodeId node, ErrorCode code = ErrorCode::model) const;
  // Restores an order in which producers precede readers, keeping the present order where it can. Throws Error(model)
  // naming a cycle.
  void sort();

  const Value& value(ValueId id) const { return values_[index(id)]; }
  Value& value(ValueId id) { return values_[index(id)]; }
  const Node& node(NodeId id) const { return nodes_[index(id)]; }
  Node& node(NodeId id) { return nodes_[index(id)]; }
  std::size_t num_values() const noexcept { return values_.size(); }
  std::size_t node_capacity() const noexcept { return nodes_.size(); }  // one past the largest NodeId
  const std::vector<NodeId>& order() const noexcept { return order_; }
  // kNone when there is none.
  ValueId find_value(std::string_view value_name) const noexcept;
  // wanted, or wanted with a number appended when it is taken.
  std::string fresh_name(const std::string& wanted) const;
  // replacement[i] == i for every value: the start of a replace_uses sweep.
  std::vector<ValueId> identity_map() const;
  // Readers of each value, by value index; a node that reads a value twice stands twice. Graph outputs are not nodes.
  std::vector<std::vector<NodeId>> readers() const;
  bool is_output(ValueId id) const noexcept;

  static std::size_t index(ValueId id) noexcept { return static_cast<std::size_t>(id); }
  static std::size_t index(NodeId id) noexcept { return static_cast<std::size_t>(id); }

 private:
  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<NodeId> order_;
  std::unordered_map<std::string, ValueId> by_name_;
};

// Same structure, names, types, attributes and constant bits; ids may differ.
bool equal(const Graph& a, const Graph& b);

// Throws std::logic_error with the first broken invariant: ids in range, producers before readers, one producer a
// value, attributes and ports as the operator declares, types as its shape rule gives. For debug builds and tests: a
// graph that came through add_node is valid by construction.
void verify(const Graph& graph);

// The one text form of a graph, for `rondo inspect --ir` and golden tests.
std::string print(const Graph& graph);

// Checks a node's attributes against its operator, fills in defaults, sorts. Throws Error(model) without a node name.
Attributes normalized(const OpDef& op, Attributes attributes);

}  // namespace rondo
