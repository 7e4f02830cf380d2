// BatchNormalization before opset 14. Before 7 it may carry is_test and consumed_inputs, before 9 spatial; outputs 2 to
// 5 are statistics that exist in training only, so a node that names none of them is inference whatever is_test says.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_batch_normalization(SourceNode& node, Emitter& out) {
  if (node.opset < 6) node.drop("consumed_inputs");
  if (node.opset < 7) node.take<std::int64_t>("is_test");
  if (node.opset < 9 && node.take<std::int64_t>("spatial").value_or(1) != 1)
    throw node.attribute_error("spatial", "statistics per position are not supported", ErrorCode::unsupported)
        .fix("export the model with opset 9 or newer");
  for (std::size_t i = 1; i < node.outputs.size(); ++i)
    if (node.has_output(i))
      throw node.error("running statistics as outputs are not supported", ErrorCode::unsupported)
          .fix("export the model in inference mode");
  node.outputs.resize(1);
  out.emit(std::move(node));
}

}  // namespace rondo::importer
