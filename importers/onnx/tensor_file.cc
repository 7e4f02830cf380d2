#include "importers/onnx/tensor_file.h"

#include "importers/onnx/file_bytes.h"
#include "importers/onnx/tensor_reader.h"
#include "importers/onnx/wire_scan.h"

namespace rondo {
namespace {

// A tensor file is data of a run, so what would be a model error is a data error here.
Error as_data_error(const Error& e) {
  return Error(e.code() == ErrorCode::model ? ErrorCode::data : e.code(), e.message())
      .got(e.got())
      .expected(e.expected())
      .fix(e.fix().empty() ? "write the tensor file again" : e.fix())
      .at_file(e.where().file, e.where().byte);
}

NamedTensor parse(std::string_view bytes, const ImportLimits& limits) {
  importer::scan_wire(bytes, importer::WireRoot::tensor, limits);
  onnx::TensorProto proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw Error(ErrorCode::data, "the file holds no TensorProto").fix("give a tensor as ONNX serializes it");
  importer::TensorReader::Options options;
  options.memory_bytes = limits.tensor_bytes;
  options.max_rank = limits.rank;
  TensorPtr tensor = importer::TensorReader(std::move(options)).read(proto, "tensor '" + proto.name() + "'");
  // The reader made it and nobody else holds it, so its memory can be taken over.
  return {proto.name(), std::move(*std::const_pointer_cast<Tensor>(tensor))};
}

}  // namespace

NamedTensor read_tensor_bytes(std::string_view bytes, const ImportLimits& limits) {
  try {
    return parse(bytes, limits);
  } catch (const Error& e) {
    throw as_data_error(e);
  }
}

NamedTensor read_tensor_file(const std::string& path, const ImportLimits& limits) {
  const auto bytes = importer::read_regular_file(path, limits.file_bytes);
  try {
    return read_tensor_bytes(*bytes, limits);
  } catch (Error& e) {
    throw e.at_file(path);
  }
}

}  // namespace rondo
