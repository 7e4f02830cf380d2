// The operators Rondo reads: one row each, with the opset that brought it, attributes that came later, and how each
// older form becomes the newest one, which is the only form the graph knows. Used by the graph builder.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "importers/onnx/source_node.h"

namespace rondo::importer {

inline constexpr std::int64_t kNewestOpset = 25, kNewestIrVersion = 13, kOldestIrVersion = 3;

// Emits the node, or several in its place. Every output name of the node must come to exist.
using Legalizer = void (*)(SourceNode& node, Emitter& out);

struct OldForm {
  std::int64_t below;  // the form of opsets smaller than this
  Legalizer legalize;
};
struct NewAttribute {
  std::string_view name;
  std::int64_t since;
};

struct OpRow {
  std::string_view name;
  std::int64_t since = 1;
  std::vector<OldForm> old_forms{};  // ascending
  std::vector<NewAttribute> new_attributes{};
  std::string_view domain{};
  std::string_view runs_as{};  // the IR operator, where it is not `name`

  std::string_view ir_name() const noexcept { return runs_as.empty() ? name : runs_as; }
  // Null when the form of this opset is the newest one.
  Legalizer legalizer(std::int64_t opset) const noexcept;
};

// Null when there is no such row. domain "ai.onnx" is "".
const OpRow* find_row(std::string_view domain, std::string_view op_type);

// Throws Error(model) for an attribute that the node's opset does not have yet.
void check_attribute_versions(const OpRow& row, const SourceNode& node);

}  // namespace rondo::importer
