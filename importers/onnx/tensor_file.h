// Reads one tensor from a file that holds a serialized TensorProto, such as test_data_set_0/input_0.pb of ONNX's node
// tests. For the command and tests; the writer is exporters/onnx/tensor_file.h.
#pragma once

#include <string>
#include <string_view>

#include "importers/onnx/limits.h"
#include "rondo/tensor.h"

namespace rondo {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

// Errors carry the path. Throws Error(io) when the file cannot be read, Error(data) when it holds no such tensor,
// Error(unsupported) for element types Rondo lacks, Error(limit).
NamedTensor read_tensor_file(const std::string& path, const ImportLimits& limits = {});
NamedTensor read_tensor_bytes(std::string_view bytes, const ImportLimits& limits = {});

}  // namespace rondo
