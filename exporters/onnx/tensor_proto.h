// Tensors as ONNX writes them: dims, type and raw little-endian bytes. Used by the exporter and the tensor files.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "rondo/tensor.h"

namespace rondo::exporter {

void write_tensor(const TensorView& tensor, const std::string& name, onnx::TensorProto& out);

// The serialized message. Throws Error(limit) when it would exceed protobuf's 2 GiB.
std::string serialized(const google::protobuf::MessageLite& message);

}  // namespace rondo::exporter
