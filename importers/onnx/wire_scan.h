// Walks the protobuf wire format of a model or tensor file before protobuf parses it, so that a file that lies about
// its sizes, nests without end, or unfolds to many times its own size is refused while it is still only bytes.
// Allocates nothing, does not recurse, and reads every byte of the framing once.
#pragma once

#include <cstdint>
#include <string_view>

#include "importers/onnx/limits.h"

namespace rondo::importer {

enum class WireRoot { model, tensor };

struct WireCounts {
  std::int64_t messages = 0;
  std::int64_t nodes = 0;
  std::int64_t initializers = 0;
  std::int64_t unknown_fields = 0;  // fields that no ONNX version known here declares
};

// Throws Error(model) with the byte offset for malformed framing (bad varints, field number 0, groups, lengths past the
// end, a field with another wire type than ONNX declares, a singular field that stands twice) and Error(limit) for a
// limit that is exceeded. What protobuf will allocate is estimated as 256 bytes a message, 8 a repeated integer and 40
// a repeated string, and may not exceed three times the file plus 192 MiB.
WireCounts scan_wire(std::string_view bytes, WireRoot root, const ImportLimits& limits);

}  // namespace rondo::importer
