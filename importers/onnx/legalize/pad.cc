// Pad before opset 11: pads (called paddings in opset 1) and value are attributes.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_pad(SourceNode& node, Emitter& out) {
  using Ints = std::vector<std::int64_t>;
  node.expect_inputs_at_most(1);
  if (!node.has_input(0)) throw node.error("required input 'data' is absent");
  const std::string_view key = node.opset < 2 ? "paddings" : "pads";
  const auto pads = node.take<Ints>(key);
  if (!pads) throw node.attribute_error(key, "required attribute is missing");
  const auto value = node.take<float>("value");
  node.set_input(1, out.integers(node, "pads", *pads));
  if (value) node.set_input(2, out.scalar(node, "value", out.type(node.inputs[0]).dtype, *value));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
