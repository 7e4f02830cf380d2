#include "exporters/onnx/tensor_proto.h"

#include <climits>

#include "rondo/error.h"

namespace rondo::exporter {

void write_tensor(const TensorView& tensor, const std::string& name, onnx::TensorProto& out) {
  out.set_name(name);
  out.set_data_type(static_cast<std::int32_t>(tensor.dtype));
  for (std::int64_t dim : tensor.shape) out.add_dims(dim);
  out.set_raw_data(tensor.data, tensor.bytes());
}

std::string serialized(const google::protobuf::MessageLite& message) {
  if (message.ByteSizeLong() > INT_MAX)
    throw Error(ErrorCode::limit, "the model is too large for one file")
        .got(std::to_string(message.ByteSizeLong()) + " bytes")
        .expected("at most " + std::to_string(INT_MAX))
        .fix("write the tensors back into the original model, which may keep them as external data");
  return message.SerializeAsString();
}

}  // namespace rondo::exporter
