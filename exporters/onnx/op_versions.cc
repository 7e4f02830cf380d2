#include "exporters/onnx/op_versions.h"

#include <algorithm>
#include <string_view>

namespace rondo::exporter {
namespace {

bool is_bfloat16(const Graph& graph, const Node& node) {
  return graph.value(node.inputs[0]).type.dtype == DType::bfloat16;
}
bool scale_has_another_type(const Graph& graph, const Node& node) {
  return graph.value(node.inputs[0]).type.dtype != graph.value(node.inputs[1]).type.dtype;
}

// What came after opset 22; an empty attribute stands for the operator itself, or for the types that `when` tells.
struct Newer {
  std::string_view op, attribute;
  std::int64_t since;
  bool (*when)(const Graph&, const Node&) = nullptr;
};
constexpr Newer kNewer[] = {
    {"RMSNormalization", "", 23},
    {"Swish", "", 24},
    {"Cast", "round_mode", 24},
    {"CastLike", "round_mode", 24},
    {"DequantizeLinear", "output_dtype", 23},
    {"QuantizeLinear", "precision", 23},
    {"QuantizeLinear", "", 23, scale_has_another_type},
    {"TopK", "", 24, is_bfloat16},
};

bool uses(const Graph& graph, const Node& node, const Newer& newer) {
  if (node.op->name != newer.op || !node.op->domain.empty()) return false;
  if (newer.attribute.empty()) return newer.when == nullptr || newer.when(graph, node);
  const auto it = std::ranges::find(node.attributes, newer.attribute, &Attribute::name);
  return it != node.attributes.end() && worth_writing(node, *it);
}

}  // namespace

std::int64_t opset_for(const Graph& graph, std::int64_t least) {
  for (NodeId id : graph.order()) {
    const Node& node = graph.node(id);
    for (const Newer& newer : kNewer)
      if (uses(graph, node, newer)) least = std::max(least, newer.since);
    for (const Attribute& a : node.attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value)) least = opset_for(**sub, least);
  }
  return least;
}

std::int64_t ir_version_for(std::int64_t opset) noexcept { return opset <= 22 ? 10 : opset - 12; }

bool worth_writing(const Node& node, const Attribute& attribute) {
  const AttrDef* def = node.op->find_attribute(attribute.name);
  return def == nullptr || !def->default_value || !equal(*def->default_value, attribute.value);
}

}  // namespace rondo::exporter
