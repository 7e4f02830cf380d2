// Which version of each operator domain a model or function is written for. Used while importing.
#pragma once

#include <onnx/onnx_pb.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/onnx/import.h"

namespace rondo::importer {

class Opsets {
 public:
  // Throws Error(model) for a duplicate domain or a version below 1, Error(unsupported) for a version of ONNX's own
  // domain newer than kNewestOpset. owner starts the message ("the model", "function 'f'").
  Opsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports, const std::string& owner);

  std::optional<std::int64_t> version_of(std::string_view domain) const noexcept;
  const std::vector<OpsetImport>& all() const noexcept { return imports_; }

 private:
  std::vector<OpsetImport> imports_;
};

// "ai.onnx" is "".
std::string canonical_domain(const std::string& domain);

}  // namespace rondo::importer
