// How an operator is declared: one OpDef states attributes, ports, element types, shape rule, scalar reference and
// tolerance. The declarations themselves live in engine/ops, one file each; a Node points to its OpDef.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/attribute.h"
#include "ir/type.h"
#include "rondo/error.h"
#include "rondo/tensor.h"

namespace rondo {

struct Node;
class GradientContext;

// A set of element types.
class DTypeSet {
 public:
  constexpr DTypeSet() = default;
  constexpr DTypeSet(std::initializer_list<DType> types) {
    for (DType t : types) bits_ |= bit(t);
  }
  constexpr bool contains(DType t) const noexcept { return (bits_ & bit(t)) != 0; }
  constexpr DTypeSet operator|(DTypeSet other) const noexcept {
    other.bits_ |= bits_;
    return other;
  }

 private:
  static constexpr std::uint32_t bit(DType t) { return 1u << static_cast<std::uint32_t>(t); }
  std::uint32_t bits_ = 0;
};
std::string to_string(DTypeSet set);  // "float32, float64"

inline constexpr DTypeSet kFloats{DType::float32, DType::float64, DType::float16, DType::bfloat16};
inline constexpr DTypeSet kSigned{DType::int8, DType::int16, DType::int32, DType::int64};
inline constexpr DTypeSet kUnsigned{DType::uint8, DType::uint16, DType::uint32, DType::uint64};
inline constexpr DTypeSet kIndices{DType::int32, DType::int64};
inline constexpr DTypeSet kBool{DType::boolean};
inline constexpr DTypeSet kNumbers = kFloats | kSigned | kUnsigned;
inline constexpr DTypeSet kAny = kNumbers | kBool;

// An attribute an operator takes. One with a default is always present in a node; one with neither may be absent.
struct AttrDef {
  std::string name;
  AttrKind kind;
  std::optional<AttrValue> default_value;
  bool required = false;
  bool internal = false;  // not ONNX's: set by passes, refused by importers
};
inline AttrDef attr(std::string name, AttrValue default_value) {
  const AttrKind kind = kind_of(default_value);
  return {std::move(name), kind, std::move(default_value), false};
}
inline AttrDef optional_attr(std::string name, AttrKind kind) { return {std::move(name), kind, std::nullopt, false}; }
inline AttrDef required_attr(std::string name, AttrKind kind) { return {std::move(name), kind, std::nullopt, true}; }
inline AttrDef internal_attr(std::string name, AttrKind kind) {
  return {std::move(name), kind, std::nullopt, false, true};
}

enum class Presence { required, optional, variadic };  // variadic: this port any number of times, last in its list

// An input or output. `type` names a TypeDef of the operator: ports with the same type name have the same element type,
// except variadic ports whose TypeDef says `mixed`.
struct PortDef {
  std::string name;
  std::string type;
  Presence presence = Presence::required;
};
struct TypeDef {
  std::string name;
  DTypeSet allowed;
  bool mixed = false;  // the ports of this type need not agree with each other
};

// What a result may differ by from the float64 oracle, for float32; other types scale by their epsilon.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};

// One run of a shape rule on a node's own inputs, without what its graphs capture: reads input types (and values, where
// they are known), sets output types. The rule is also the validator of its operator and throws error(...), which names
// the node.
class InferContext {
 public:
  struct Input {
    const TensorType* type = nullptr;  // null: absent optional input
    std::optional<TensorView> value;   // the elements, when they are known (constants; everything at run time)
  };
  // code: what a violation is called: model while loading, data when it is caused by the tensors of one run.
  InferContext(const Node& node, std::int64_t node_index, std::string_view graph_name, std::span<const Input> inputs,
               ErrorCode code);

  const Node& node() const noexcept { return node_; }
  std::size_t num_inputs() const noexcept { return inputs_.size(); }
  bool has(std::size_t i) const noexcept { return i < inputs_.size() && inputs_[i].type != nullptr; }
  const TensorType& type(std::size_t i) const noexcept { return *inputs_[i].type; }
  DType dtype(std::size_t i) const noexcept { return type(i).dtype; }
  bool ranked(std::size_t i) const noexcept { return has(i) && type(i).ranked(); }
  const Shape& shape(std::size_t i) const noexcept { return *type(i).shape; }
  // The elements of input i; null when they are not known, which is remembered in wanted().
  const TensorView* value(std::size_t i) const;
  // The elements of an int32 or int64 input whose value is known.
  std::optional<std::vector<std::int64_t>> integers_of(std::size_t i) const;

  std::int64_t integer(std::string_view attribute) const;
  float real(std::string_view attribute) const;
  const std::string& text(std::string_view attribute) const;
  const std::vector<std::int64_t>& integers(std::string_view attribute) const;
  const AttrValue* find(std::string_view attribute) const noexcept;

  std::size_t num_outputs() const noexcept { return outputs_.size(); }
  bool wants(std::size_t i) const noexcept;
  // Absent outputs may be set; the setting is dropped.
  void set(std::size_t i, TensorType type);
  void set(std::size_t i, DType dtype, std::optional<Shape> shape) { set(i, TensorType{dtype, std::move(shape)}); }

  // Errors that already name the node; always a model or data error as the stage demands.
  Error error(std::string what) const;
  Error attribute_error(std::string_view attribute, std::string what) const;
  // "W", "X": the port's name with the value's, for messages.
  std::string input_label(std::size_t i) const;

  const std::vector<TensorType>& outputs() const noexcept { return outputs_; }
  // The inputs whose values the rule asked for and did not get: knowing them would make the outputs more specific.
  const std::vector<std::size_t>& wanted() const noexcept { return wanted_; }

 private:
  const Node& node_;
  std::int64_t node_index_;
  std::string_view graph_name_;
  std::span<const Input> inputs_;
  ErrorCode code_;
  std::vector<TensorType> outputs_;
  mutable std::vector<std::size_t> wanted_;
};

// One run of a scalar reference: dense row-major memory, every output already of its inferred shape. An absent optional
// tensor is a view that is not present(). Evaluation must not allocate; it may use scratch_bytes(...) bytes of scratch.
// Throws Error(data) for values a shape rule cannot see (an index out of range), with locate() naming the node.
struct EvalContext {
  const Node& node;
  std::span<const TensorView> inputs;
  std::span<const MutableTensorView> outputs;
  std::byte* scratch = nullptr;

  bool has(std::size_t i) const noexcept { return i < inputs.size() && inputs[i].present(); }
  bool wants(std::size_t i) const noexcept { return i < outputs.size() && outputs[i].present(); }
  std::int64_t integer(std::string_view attribute) const;
  float real(std::string_view attribute) const;
  const std::vector<std::int64_t>& integers(std::string_view attribute) const;
  Error error(std::string what) const;  // Error(data) that names the node
};

struct OpDef {
  std::string name;
  std::string domain{};  // "" is ONNX's own
  std::vector<AttrDef> attributes{};
  std::vector<PortDef> inputs{};
  std::vector<PortDef> outputs{};
  std::vector<TypeDef> types{};
  void (*infer)(InferContext&) = nullptr;
  void (*eval)(const EvalContext&) = nullptr;
  Tolerance tolerance{};
  // Bytes of scratch that eval needs; null: none. Called with concrete shapes.
  std::size_t (*scratch_bytes)(const Node&, std::span<const TensorView> inputs) = nullptr;
  // The outputs depend on the inputs' shapes alone (Shape, Size): eval reads no data.
  bool reads_shapes_only = false;
  // Output 0 has the elements of input 0 in the same order: no copy is needed (Reshape, Squeeze, Identity ...).
  bool is_view = false;
  // Only moves or converts elements: eval handles every element type itself, so halves need no widening to float.
  bool moves = false;
  // Emits the nodes that turn the gradients of the outputs into those of the inputs (ir/gradient.h). Null: an input of
  // this operator has no gradient, or a model that would need it cannot be trained.
  void (*gradient)(GradientContext&) = nullptr;

  const AttrDef* find_attribute(std::string_view attribute) const noexcept;
  const TypeDef& type_of(const PortDef& port) const;
  // The port that the i-th input or output belongs to; null when there are too many.
  const PortDef* input_port(std::size_t i) const noexcept;
  const PortDef* output_port(std::size_t i) const noexcept;
};

}  // namespace rondo
