// How a place in an ONNX file is written: the fields that lead to it, with the index where a field repeats, such as
// "graph/node[3]/attribute[0]/g/initializer[1]". It tells tensors apart exactly, whatever they are called; the importer
// says it of the tensors it reads, and the exporter finds them again by it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rondo {

inline std::string place_of(std::string_view parent, std::string_view field) {
  return parent.empty() ? std::string(field) : std::string(parent) + "/" + std::string(field);
}
inline std::string place_of(std::string_view parent, std::string_view field, std::size_t index) {
  return place_of(parent, field) + "[" + std::to_string(index) + "]";
}

}  // namespace rondo
