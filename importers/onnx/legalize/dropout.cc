// Dropout before opset 12: ratio is an attribute, and before 7 is_test may stand beside it. In inference the output is
// the input; a mask is asked for in training only.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_dropout(SourceNode& node, Emitter& out) {
  node.expect_inputs_at_most(1);
  if (node.opset < 6) node.drop("consumed_inputs");
  if (node.opset < 7) node.take<std::int64_t>("is_test");
  const float ratio = node.take<float>("ratio").value_or(0.5F);
  if (node.opset < 10 && node.has_output(1))
    throw node.error("a mask of the type of the input is not supported", ErrorCode::unsupported)
        .fix("export the model in inference mode");
  node.set_input(1, out.scalar(node, "ratio", DType::float32, ratio));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
