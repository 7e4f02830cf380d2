// Slice before opset 10: starts, ends and axes are attributes, and the step is 1.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_slice(SourceNode& node, Emitter& out) {
  using Ints = std::vector<std::int64_t>;
  node.expect_inputs_at_most(1);
  const auto starts = node.take<Ints>("starts"), ends = node.take<Ints>("ends"), axes = node.take<Ints>("axes");
  if (!starts) throw node.attribute_error("starts", "required attribute is missing");
  if (!ends) throw node.attribute_error("ends", "required attribute is missing");
  node.set_input(1, out.integers(node, "starts", *starts));
  node.set_input(2, out.integers(node, "ends", *ends));
  if (axes) node.set_input(3, out.integers(node, "axes", *axes));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
