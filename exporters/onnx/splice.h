// Replaces ranges of a file by others that may be longer or shorter, and keeps the lengths around them true. Used by
// the patching of models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/onnx/stored_tensors.h"

namespace rondo::exporter {

void append_varint(std::string& to, std::uint64_t value);

class Splice {
 public:
  explicit Splice(std::span<const WireFrame> frames) : frames_(frames), growth_(frames.size()) {}

  // Ranges do not overlap.
  void replace(const WirePiece& piece, std::string fresh);
  std::string apply(std::string_view bytes) &&;

 private:
  struct Edit {
    std::size_t at, size;
    std::string fresh;
  };
  void write_lengths();

  std::span<const WireFrame> frames_;
  std::vector<std::int64_t> growth_;  // by frame: of its content
  std::vector<Edit> edits_;
};

}  // namespace rondo::exporter
