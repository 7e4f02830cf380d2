// PRelu before opset 7: a slope with more than one element belongs to the channels, axis 1 of the input; it gets
// trailing dims of 1 so that today's broadcasting puts it there.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_prelu(SourceNode& node, Emitter& out) {
  if (node.opset < 6) node.drop("consumed_inputs");
  const std::int64_t rank = out.rank(node, 0);
  const bool per_channel = out.rank(node, 1) == 1 && !((*out.type(node.inputs[1]).shape)[0] == Dim(1));
  if (per_channel && rank > 2) {
    std::vector<std::int64_t> axes;
    for (std::int64_t i = 1; i < rank - 1; ++i) axes.push_back(i);
    node.inputs[1] = out.helper(node, "Unsqueeze", {node.inputs[1], out.integers(node, "axes", axes)});
  }
  out.emit(std::move(node));
}

}  // namespace rondo::importer
