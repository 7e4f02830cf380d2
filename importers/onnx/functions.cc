#include "importers/onnx/functions.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/newer_fields.h"

namespace rondo::importer {
namespace {

std::string identity(const std::string& domain, const std::string& name, const std::string& overload) {
  const std::string canonical = canonical_domain(domain);  // lengths keep parts that hold the separator apart
  return fmt::format("{}:{}:{}{}{}", canonical.size(), name.size(), canonical, name, overload);
}

}  // namespace

bool Function::takes(const std::string& attribute) const {
  return std::ranges::find(proto->attribute(), attribute) != proto->attribute().end() ||
         std::ranges::any_of(defaults, [&](const auto& d) { return d.name() == attribute; });
}

FunctionLibrary::FunctionLibrary(const onnx::ModelProto& model) {
  for (const auto& proto : model.functions()) {
    Function function{&proto, Opsets(proto.opset_import(), "function '" + proto.name() + "'"),
                      attribute_defaults(proto)};
    if (!functions_.emplace(identity(proto.domain(), proto.name(), overload_of(proto)), std::move(function)).second)
      throw Error(ErrorCode::model,
                  fmt::format("function '{}' of domain '{}' is defined twice", proto.name(), proto.domain()))
          .fix("export the model again");
  }
}

const Function* FunctionLibrary::called_by(const onnx::NodeProto& node) const {
  if (functions_.empty()) return nullptr;
  const auto it = functions_.find(identity(node.domain(), node.op_type(), overload_of(node)));
  return it == functions_.end() ? nullptr : &it->second;
}

}  // namespace rondo::importer
