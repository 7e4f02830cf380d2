#include "importers/onnx/scope.h"

#include <fmt/format.h>

namespace rondo::importer {

std::string GraphNames::fresh(const std::string& wanted) {
  const auto claimed = [&](const std::string& name) {
    return graph_.find_value(name) == kNone && reserved_.insert(name).second;
  };
  if (claimed(wanted)) return wanted;
  std::size_t& number = next_[wanted];
  for (;;) {
    std::string candidate = fmt::format("{}_{}", wanted, ++number);
    if (claimed(candidate)) return candidate;
  }
}

std::optional<ValueId> Scope::find(const std::string& name) {
  if (const auto it = values.find(name); it != values.end()) return it->second;
  if (outer == nullptr) return std::nullopt;
  const auto around = outer->find(name);
  if (!around || *around == kNone) return around;
  const Value& value = outer->graph.value(*around);
  const ValueId inner = graph.add_value(names.fresh(value.name), value.type);
  graph.value(inner).constant = value.constant;
  captured.emplace_back(*around, inner);
  values.emplace(name, inner);
  return inner;
}

std::string Scope::graph_name(const std::string& name) {
  if (prefix.empty()) return name;
  if (const auto it = result_names.find(name); it != result_names.end()) return it->second;
  return names.fresh(prefix + name);
}

}  // namespace rondo::importer
