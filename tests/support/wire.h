// Models written byte by byte, for encodings and fields that protobuf's own classes would not write.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace rondo::test {

inline std::string wire_varint(std::uint64_t v) {
  std::string s;
  for (; v >= 0x80; v >>= 7) s.push_back(static_cast<char>(v | 0x80));
  s.push_back(static_cast<char>(v));
  return s;
}
template <class T>
std::string wire_fixed(T v) {
  std::string s(sizeof(T), '\0');
  std::memcpy(s.data(), &v, sizeof(T));
  return s;
}
inline std::string wire_tag(std::uint32_t number, std::uint32_t type) { return wire_varint(number << 3 | type); }
inline std::string wire_field(std::uint32_t number, const std::string& content) {
  return wire_tag(number, 2) + wire_varint(content.size()) + content;
}
inline std::string wire_field(std::uint32_t number, std::uint64_t v) { return wire_tag(number, 0) + wire_varint(v); }

// A TensorProto with whatever holds its elements; data_type is ONNX's number.
inline std::string wire_tensor(const std::string& name, const std::vector<std::uint64_t>& dims, std::uint64_t data_type,
                               const std::string& elements) {
  std::string s;
  for (std::uint64_t d : dims) s += wire_field(1, d);
  return s + wire_field(2, data_type) + elements + wire_field(8, name);
}
inline std::string wire_attribute(const std::string& name, std::uint64_t type, const std::string& value) {
  return wire_field(5, wire_field(1, name) + value + wire_field(20, type));
}
// field: 1 in a graph, 7 in a function.
inline std::string wire_node(const std::string& op, const std::vector<std::string>& inputs,
                             const std::vector<std::string>& outputs, const std::string& attributes = "",
                             std::uint32_t field = 1) {
  std::string s;
  for (const std::string& name : inputs) s += wire_field(1, name);
  for (const std::string& name : outputs) s += wire_field(2, name);
  return wire_field(field, s + wire_field(4, op) + attributes);
}
inline std::string wire_constant(const std::string& output, const std::string& attribute) {
  return wire_node("Constant", {}, {output}, attribute);
}
// A value that is float of any shape, for inputs (11) and outputs (12) of graphs.
inline std::string wire_value(std::uint32_t number, const std::string& name, std::uint64_t elem_type = 1) {
  return wire_field(number, wire_field(1, name) + wire_field(2, wire_field(1, wire_field(1, elem_type))));
}
inline std::string wire_model(const std::string& graph, const std::string& more = "") {
  return wire_field(1, 8) + wire_field(7, wire_field(2, std::string("g")) + graph) +
         wire_field(8, wire_field(2, std::uint64_t{17})) + more;
}

}  // namespace rondo::test
