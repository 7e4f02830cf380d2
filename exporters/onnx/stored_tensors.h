// Where the bytes of a model file keep the elements of its tensors. Only the framing of protobuf's wire format is
// walked, so whatever stands between, known or not, can be kept as it is. For patching (patch.h), and for training,
// which asks beforehand what could be written back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rondo/dtype.h"

namespace rondo {

// A length-delimited field: its length counts everything inside, so it changes when something inside grows.
struct WireFrame {
  int parent = -1;                       // the index of the frame around it
  std::size_t at = 0, length_bytes = 0;  // where its length stands, and how many bytes that takes
  std::size_t begin = 0, size = 0;       // its content
};

// A run of elements in the file.
struct WirePiece {
  std::size_t at = 0, size = 0;  // bytes
  int frame = -1;                // the innermost around it
};

struct StoredTensor {
  enum class Form { none, fixed, varints, external };  // fixed: elements as they lie in memory; varints: int32_data

  std::string place;  // ir/place.h
  std::string name;   // of the initializer, or of the Constant's output
  DType dtype = DType::undefined;
  std::vector<std::int64_t> dims;
  Form form = Form::none;
  std::vector<WirePiece> pieces;  // in the order of the elements; together they are all of them
  // Form::external: the file, the range in it, and the frame whose content is the file's name.
  std::string location;
  std::int64_t offset = 0, length = 0;
  int location_frame = -1;
  std::string refusal;  // why it cannot be written back; empty when it can

  bool patchable() const noexcept { return refusal.empty(); }
};

struct StoredTensors {
  std::vector<StoredTensor> all;
  std::vector<WireFrame> frames;
  std::unordered_map<std::string, std::size_t> by_place;  // into all

  // Null when there is none.
  const StoredTensor* find(const std::string& place) const;
};

// Initializers of the main graph and of graphs in attributes, tensors in attributes, and the numbers of Constant nodes
// (value_float, value_floats), also in functions. Sparse ones are listed and refused. Throws Error(model) with the
// offset when the framing is damaged.
StoredTensors stored_tensors(std::string_view model);

}  // namespace rondo
