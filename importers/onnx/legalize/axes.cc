// Squeeze and Unsqueeze before opset 13, ReduceSum before 13 and the other reductions before 18: `axes` is an
// attribute.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_axes(SourceNode& node, Emitter& out) {
  using Ints = std::vector<std::int64_t>;
  node.expect_inputs_at_most(1);
  const auto axes = node.take<Ints>("axes");
  if (!axes && node.op_type == "Unsqueeze") throw node.attribute_error("axes", "required attribute is missing");
  if (axes) node.set_input(1, out.integers(node, "axes", *axes));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
