#include "exporters/onnx/tensor_file.h"

#include <span>

#include "exporters/onnx/tensor_proto.h"

namespace rondo {

std::string tensor_file_bytes(const TensorView& tensor, const std::string& name) {
  onnx::TensorProto proto;
  exporter::write_tensor(tensor, name, proto);
  return exporter::serialized(proto);
}

void write_tensor_file(const std::string& path, const TensorView& tensor, const std::string& name,
                       Overwrite overwrite) {
  const std::string bytes = tensor_file_bytes(tensor, name);
  save_file(path, std::as_bytes(std::span(bytes)), overwrite);
}

}  // namespace rondo
