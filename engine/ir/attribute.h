// Attributes of a node: a name and a value of one of ONNX's eight kinds. Which names and kinds an operator takes, and
// the defaults, stand in its OpDef; a node in a graph holds a value for every attribute that has a default.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rondo/tensor.h"

namespace rondo {

class Graph;
using TensorPtr = std::shared_ptr<const Tensor>;
using GraphPtr = std::shared_ptr<const Graph>;

// In the order of AttrValue's alternatives.
enum class AttrKind { integer, real, text, integers, reals, texts, tensor, graph };

using AttrValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>,
                               std::vector<std::string>, TensorPtr, GraphPtr>;

struct Attribute {
  std::string name;
  AttrValue value;
};
using Attributes = std::vector<Attribute>;  // sorted by name in a node

inline AttrKind kind_of(const AttrValue& value) noexcept { return static_cast<AttrKind>(value.index()); }
std::string_view name_of(AttrKind kind) noexcept;

// Null when there is none of that name.
const AttrValue* find_attribute(const Attributes& attributes, std::string_view name) noexcept;

// Same kind and value; floats by their bits, tensors by type, shape and bits, graphs by structure.
bool equal(const AttrValue& a, const AttrValue& b);
bool equal(const Attributes& a, const Attributes& b);

// "forward", 3, [1,0,2], float32[2,3]{...}; graphs print as their name.
std::string to_string(const AttrValue& value);

}  // namespace rondo
