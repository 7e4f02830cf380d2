// A node as the file states it, on its way to the newest form of its operator, and the emitter that puts nodes of that
// form into the graph. For the graph builder and the legalizers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "rondo/error.h"

namespace rondo::importer {

// How operators of the IR are looked up: find_op, unless a test brings its own.
using OpLookup = const OpDef* (*)(std::string_view domain, std::string_view name);

// Inputs are values of the graph, kNone where absent; outputs are names the graph will use, empty where absent.
struct SourceNode {
  std::string name, op_type, domain;
  std::int64_t opset = 0;  // version of the domain that the file imports
  std::int64_t index = 0;  // place in the file's list of nodes
  std::string graph;
  Attributes attributes{};
  std::vector<ValueId> inputs{};
  std::vector<std::string> outputs{};
  std::uint32_t num_captures = 0;

  bool has_input(std::size_t i) const noexcept { return i < inputs.size() && inputs[i] != kNone; }
  bool has_output(std::size_t i) const noexcept { return i < outputs.size() && !outputs[i].empty(); }

  // Removes an attribute and returns its value; nullopt when it is absent. Throws Error(model) for another kind.
  template <class T>
  std::optional<T> take(std::string_view attribute);
  void drop(std::string_view attribute);
  void set(std::string_view attribute, AttrValue value);
  // Older forms had fewer inputs, and what is an input now was an attribute. Throws Error(model) for more than `count`.
  void expect_inputs_at_most(std::size_t count) const;
  // Puts a value at input i, absent ones before it where needed.
  void set_input(std::size_t i, ValueId value);

  Error error(std::string what, ErrorCode code = ErrorCode::model) const;
  Error attribute_error(std::string_view attribute, std::string what, ErrorCode code = ErrorCode::model) const;

 private:
  Error wrong_kind(std::string_view attribute, AttrKind got, AttrKind expected) const;
};

// Names for values that the file does not name; never the same one twice.
class NameSource {
 public:
  virtual ~NameSource() = default;
  virtual std::string fresh(const std::string& wanted) = 0;
};

class Emitter {
 public:
  Emitter(Graph& graph, NameSource& names, OpLookup lookup) : graph_(graph), names_(names), lookup_(lookup) {}

  // The node as it now is, under the operator of its op_type. Errors name the node and its place in the file.
  void emit(SourceNode node);
  // A node that a legalizer needs beside `from`, named after it; returns its only output.
  ValueId helper(const SourceNode& from, std::string_view op_type, std::vector<ValueId> inputs,
                 Attributes attributes = {});
  // Constants named after the node and what they are.
  ValueId constant(const SourceNode& from, std::string_view what, Tensor tensor);
  ValueId integers(const SourceNode& from, std::string_view what, const std::vector<std::int64_t>& values);
  ValueId integer(const SourceNode& from, std::string_view what, std::int64_t value);  // int64 scalar
  // A scalar of a floating or integer type.
  ValueId scalar(const SourceNode& from, std::string_view what, DType dtype, double value);

  const TensorType& type(ValueId id) const { return graph_.value(id).type; }
  TensorPtr constant_of(ValueId id) const { return graph_.value(id).constant; }  // null when it is not known
  // The rank, which legalizers of some old forms cannot do without. Throws Error(unsupported) when it is not known.
  std::int64_t rank(const SourceNode& from, std::size_t input) const;
  // Throws Error(unsupported) when there is no such operator.
  const OpDef& definition(const SourceNode& from, std::string_view op_type) const { return op(from, "", op_type); }
  bool knows(std::string_view op_type) const { return lookup_("", op_type) != nullptr; }

 private:
  const OpDef& op(const SourceNode& from, std::string_view domain, std::string_view op_type) const;

  Graph& graph_;
  NameSource& names_;
  OpLookup lookup_;
};

template <class T>
std::optional<T> SourceNode::take(std::string_view attribute) {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].name != attribute) continue;
    T* value = std::get_if<T>(&attributes[i].value);
    if (value == nullptr) throw wrong_kind(attribute, kind_of(attributes[i].value), kind_of(AttrValue(T{})));
    std::optional<T> out(std::move(*value));
    attributes.erase(attributes.begin() + static_cast<std::ptrdiff_t>(i));
    return out;
  }
  return std::nullopt;
}

}  // namespace rondo::importer
