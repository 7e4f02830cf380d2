// Clip before opset 11: min and max are attributes; an absent one bounds nothing.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_clip(SourceNode& node, Emitter& out) {
  node.expect_inputs_at_most(1);
  if (node.opset < 6) node.drop("consumed_inputs");
  if (!node.has_input(0)) throw node.error("required input 'input' is absent");
  const DType dtype = out.type(node.inputs[0]).dtype;
  const auto min = node.take<float>("min"), max = node.take<float>("max");
  if (min) node.set_input(1, out.scalar(node, "min", dtype, *min));
  if (max) node.set_input(2, out.scalar(node, "max", dtype, *max));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
