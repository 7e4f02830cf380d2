// Writes one tensor as a serialized TensorProto, the form of test_data_set_0/input_0.pb. The reader is
// importers/onnx/tensor_file.h.
#pragma once

#include <string>

#include "base/save_file.h"
#include "rondo/tensor.h"

namespace rondo {

std::string tensor_file_bytes(const TensorView& tensor, const std::string& name);

// Throws what save_file throws, and Error(limit) past 2 GiB.
void write_tensor_file(const std::string& path, const TensorView& tensor, const std::string& name, Overwrite overwrite);

}  // namespace rondo
