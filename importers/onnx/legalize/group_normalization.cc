// GroupNormalization before opset 21: scale and bias have one element per group, now one per channel; each is repeated
// for the channels of its group.
#include <fmt/format.h>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_group_normalization(SourceNode& node, Emitter& out) {
  const auto* groups = find_attribute(node.attributes, "num_groups");
  const auto* count = groups == nullptr ? nullptr : std::get_if<std::int64_t>(groups);
  if (count == nullptr) throw node.attribute_error("num_groups", "required attribute is missing");
  const std::int64_t rank = out.rank(node, 0);
  const Dim channels = rank > 1 ? (*out.type(node.inputs[0]).shape)[1] : Dim();
  if (*count <= 0 || !channels.known() || channels.value % *count != 0)
    throw node.error("the number of channels must be known and a multiple of num_groups");
  const std::int64_t each = channels.value / *count;
  const ValueId column = out.integers(node, "column", {*count, 1});
  const ValueId repeated = out.integers(node, "repeated", {*count, each});
  const ValueId flat = out.integers(node, "flat", {channels.value});
  for (std::size_t i : {1, 2}) {
    if (!node.has_input(i)) throw node.error(fmt::format("required input {} is absent", i));
    const ValueId per_group = out.helper(node, "Reshape", {node.inputs[i], column});
    node.inputs[i] = out.helper(node, "Reshape", {out.helper(node, "Expand", {per_group, repeated}), flat});
  }
  out.emit(std::move(node));
}

}  // namespace rondo::importer
