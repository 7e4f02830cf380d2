#include "importers/onnx/attribute_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rondo::importer {
namespace {

using Proto = onnx::AttributeProto;

struct KindRow {
  Proto::AttributeType type;
  std::string_view name;
  bool (*present)(const Proto&);
};
constexpr std::array<KindRow, 14> kKinds{{
    {Proto::FLOAT, "FLOAT", [](const Proto& p) { return p.has_f(); }},
    {Proto::INT, "INT", [](const Proto& p) { return p.has_i(); }},
    {Proto::STRING, "STRING", [](const Proto& p) { return p.has_s(); }},
    {Proto::TENSOR, "TENSOR", [](const Proto& p) { return p.has_t(); }},
    {Proto::GRAPH, "GRAPH", [](const Proto& p) { return p.has_g(); }},
    {Proto::FLOATS, "FLOATS", [](const Proto& p) { return p.floats_size() > 0; }},
    {Proto::INTS, "INTS", [](const Proto& p) { return p.ints_size() > 0; }},
    {Proto::STRINGS, "STRINGS", [](const Proto& p) { return p.strings_size() > 0; }},
    {Proto::TENSORS, "TENSORS", [](const Proto& p) { return p.tensors_size() > 0; }},
    {Proto::GRAPHS, "GRAPHS", [](const Proto& p) { return p.graphs_size() > 0; }},
    {Proto::SPARSE_TENSOR, "SPARSE_TENSOR", [](const Proto& p) { return p.has_sparse_tensor(); }},
    {Proto::SPARSE_TENSORS, "SPARSE_TENSORS", [](const Proto& p) { return p.sparse_tensors_size() > 0; }},
    {Proto::TYPE_PROTO, "TYPE_PROTO", [](const Proto& p) { return p.has_tp(); }},
    {Proto::TYPE_PROTOS, "TYPE_PROTOS", [](const Proto& p) { return p.type_protos_size() > 0; }},
}};

const KindRow* row_of(Proto::AttributeType type) {
  const auto it = std::ranges::find(kKinds, type, &KindRow::type);
  return it == kKinds.end() ? nullptr : &*it;
}

std::string list_present(const Proto& p) {
  std::string s;
  for (const KindRow& row : kKinds)
    if (row.present(p)) s += (s.empty() ? "" : " and ") + std::string(row.name);
  return s;
}

// The stated kind, checked against the fields in use. A lone value may be missing: writers leave out zeros. Files that
// state no kind at all are understood when exactly one field is in use.
Proto::AttributeType checked_kind(const Proto& p, const SourceNode& node) {
  const auto present = std::ranges::count_if(kKinds, [&](const KindRow& row) { return row.present(p); });
  if (present > 1) throw node.attribute_error(p.name(), "attribute has several values").got(list_present(p));
  const auto only = std::ranges::find_if(kKinds, [&](const KindRow& row) { return row.present(p); });
  if (p.type() == Proto::UNDEFINED) {
    if (only == kKinds.end()) throw node.attribute_error(p.name(), "attribute has neither type nor value");
    return only->type;
  }
  const KindRow* stated = row_of(p.type());
  if (stated == nullptr)
    throw node.attribute_error(p.name(), "attribute has an unknown type").got(std::to_string(p.type()));
  if (only != kKinds.end() && only->type != p.type())
    throw node.attribute_error(p.name(), "attribute holds another value than its type says")
        .got(std::string(only->name))
        .expected(std::string(stated->name));
  if (only == kKinds.end() && (p.type() == Proto::TENSOR || p.type() == Proto::GRAPH))
    throw node.attribute_error(p.name(), "attribute has no value");
  return p.type();
}

AttrValue read_value(const Proto& p, const SourceNode& node, const AttributeSources& sources) {
  const Proto::AttributeType kind = checked_kind(p, node);
  switch (kind) {
    case Proto::FLOAT:
      return p.f();
    case Proto::INT:
      return std::int64_t{p.i()};
    case Proto::STRING:
      return p.s();
    case Proto::FLOATS:
      return std::vector<float>(p.floats().begin(), p.floats().end());
    case Proto::INTS:
      return std::vector<std::int64_t>(p.ints().begin(), p.ints().end());
    case Proto::STRINGS:
      return std::vector<std::string>(p.strings().begin(), p.strings().end());
    case Proto::TENSOR:
      try {
        return sources.tensors.read(p.t(), p.t().name().empty() ? "tensor" : "tensor '" + p.t().name() + "'");
      } catch (Error& e) {
        throw e.at_node(node.name, node.op_type, node.index, node.graph).at_attribute(p.name());
      }
    case Proto::GRAPH:
      return sources.subgraph(p);
    default:
      throw node
          .attribute_error(p.name(), fmt::format("attributes of type {} are not supported", row_of(kind)->name),
                           ErrorCode::unsupported)
          .fix("export the model without it");
  }
}

std::optional<Attribute> resolve(const Proto& p, const SourceNode& node, const AttributeSources& sources) {
  if (!list_present(p).empty())
    throw node.attribute_error(p.name(), "attribute has both a value and a reference").got(p.ref_attr_name());
  if (sources.call == nullptr)
    throw node.attribute_error(p.name(), "attribute refers to one of a function, but stands in none")
        .got(p.ref_attr_name());
  const AttrValue* value = find_attribute(*sources.call, p.ref_attr_name());
  if (value == nullptr) return std::nullopt;
  return Attribute{p.name(), *value};
}

}  // namespace

std::optional<Attribute> read_attribute(const Proto& p, const SourceNode& node, const AttributeSources& sources) {
  if (p.name().empty()) throw node.error("an attribute has no name");
  if (!p.ref_attr_name().empty()) return resolve(p, node, sources);
  return Attribute{p.name(), read_value(p, node, sources)};
}

}  // namespace rondo::importer
