// Scatter became ScatterElements with opset 11 and kept its meaning.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_scatter(SourceNode& node, Emitter& out) {
  node.op_type = "ScatterElements";
  out.emit(std::move(node));
}

}  // namespace rondo::importer
