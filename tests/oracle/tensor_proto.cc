#include "oracle/tensor_proto.h"

#include <cstring>
#include <stdexcept>

namespace rondo::oracle {

onnx::TensorProto to_proto(const std::string& name, const Tensor& tensor) {
  onnx::TensorProto proto;
  proto.set_name(name);
  proto.set_data_type(static_cast<std::int32_t>(tensor.dtype()));
  for (std::int64_t dim : tensor.shape()) proto.add_dims(dim);
  proto.set_raw_data(tensor.data(), tensor.bytes());
  return proto;
}

Tensor from_proto(const onnx::TensorProto& proto) {
  Tensor tensor(static_cast<DType>(proto.data_type()), {proto.dims().begin(), proto.dims().end()});
  if (proto.raw_data().size() != tensor.bytes()) throw std::runtime_error(proto.name() + " has a wrong size");
  if (tensor.bytes() > 0) std::memcpy(tensor.data(), proto.raw_data().data(), tensor.bytes());
  return tensor;
}

}  // namespace rondo::oracle
