// Reshape before opset 5: shape is an attribute.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_reshape(SourceNode& node, Emitter& out) {
  node.expect_inputs_at_most(1);
  node.drop("consumed_inputs");
  const auto shape = node.take<std::vector<std::int64_t>>("shape");
  if (!shape) throw node.attribute_error("shape", "required attribute is missing");
  node.set_input(1, out.integers(node, "shape", *shape));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
