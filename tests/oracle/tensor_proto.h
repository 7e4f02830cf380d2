// Tensors to and from ONNX's TensorProto, raw data only. For the model writer and reader beside it.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "rondo/tensor.h"

namespace rondo::oracle {

onnx::TensorProto to_proto(const std::string& name, const Tensor& tensor);

// Throws std::runtime_error unless the tensor has as many raw bytes as its shape says.
Tensor from_proto(const onnx::TensorProto& proto);

}  // namespace rondo::oracle
