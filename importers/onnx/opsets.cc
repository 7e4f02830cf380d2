#include "importers/onnx/opsets.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/op_table.h"

namespace rondo::importer {

std::string canonical_domain(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

Opsets::Opsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports, const std::string& owner) {
  for (const auto& proto : imports) {
    OpsetImport import{canonical_domain(proto.domain()), proto.version()};
    const std::string shown = import.domain.empty() ? "ai.onnx" : import.domain;
    if (version_of(import.domain))
      throw Error(ErrorCode::model, fmt::format("{} imports the operators of '{}' twice", owner, shown))
          .fix("export the model again");
    if (import.version < 1)
      throw Error(ErrorCode::model, fmt::format("{} imports an opset of '{}' that cannot be", owner, shown))
          .got(std::to_string(import.version))
          .expected("1 or more")
          .fix("export the model again, stating the opset its nodes are written for");
    if (import.domain.empty() && import.version > kNewestOpset)
      throw Error(ErrorCode::unsupported, fmt::format("{} needs opset {}", owner, import.version))
          .expected(fmt::format("at most {}", kNewestOpset))
          .fix(fmt::format("export again with opset_version={}", kNewestOpset));
    imports_.push_back(std::move(import));
  }
}

std::optional<std::int64_t> Opsets::version_of(std::string_view domain) const noexcept {
  const auto it = std::ranges::find(imports_, domain, &OpsetImport::domain);
  return it == imports_.end() ? std::nullopt : std::optional(it->version);
}

}  // namespace rondo::importer
