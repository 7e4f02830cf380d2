// DFT before opset 20: axis is an attribute, 1 when absent.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_dft(SourceNode& node, Emitter& out) {
  node.expect_inputs_at_most(2);
  node.set_input(2, out.integer(node, "axis", node.take<std::int64_t>("axis").value_or(1)));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
