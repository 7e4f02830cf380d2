// Split before opset 18 states no num_outputs: without sizes the axis is cut into as many equal parts as there are
// outputs, and must divide. The sizes are an attribute before 13; opset 1 also allowed them as an input.
#include <fmt/format.h>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {
namespace {

void expect_even(const SourceNode& node, const Emitter& out, std::int64_t parts) {
  if (!node.has_input(0) || !out.type(node.inputs[0]).ranked() || parts == 0) return;
  const AttrValue* attribute = find_attribute(node.attributes, "axis");
  const auto* given = attribute == nullptr ? nullptr : std::get_if<std::int64_t>(attribute);
  const std::int64_t rank = out.type(node.inputs[0]).rank();
  const std::int64_t axis = (given == nullptr ? 0 : *given) + (given != nullptr && *given < 0 ? rank : 0);
  if (axis < 0 || axis >= rank) return;  // the operator's own rule says so better
  const Dim& dim = (*out.type(node.inputs[0]).shape)[static_cast<std::size_t>(axis)];
  if (dim.known() && dim.value % parts != 0)
    throw node.error(fmt::format("axis {} cannot be split into {} equal parts", axis, parts))
        .got(std::to_string(dim.value));
}

void finish(SourceNode& node, Emitter& out) {
  if (!node.has_input(1)) {
    const auto parts = static_cast<std::int64_t>(node.outputs.size());
    expect_even(node, out, parts);
    node.set("num_outputs", parts);
  }
  out.emit(std::move(node));
}

void take_sizes(SourceNode& node, Emitter& out) {
  if (const auto sizes = node.take<std::vector<std::int64_t>>("split"))
    node.set_input(1, out.integers(node, "split", *sizes));
}

}  // namespace

void legalize_split_1(SourceNode& node, Emitter& out) {
  if (node.has_input(1) && find_attribute(node.attributes, "split") != nullptr)
    throw node.attribute_error("split", "the sizes are given both as an input and as an attribute");
  take_sizes(node, out);
  finish(node, out);
}

void legalize_split(SourceNode& node, Emitter& out) {
  if (node.opset < 13) {
    node.expect_inputs_at_most(1);
    take_sizes(node, out);
  }
  finish(node, out);
}

}  // namespace rondo::importer
