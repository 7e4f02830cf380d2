// Selu before opset 6: the defaults of alpha and gamma had four decimals, and consumed_inputs could stand beside them.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_selu(SourceNode& node, Emitter& out) {
  node.drop("consumed_inputs");
  node.set("alpha", node.take<float>("alpha").value_or(1.6732F));
  node.set("gamma", node.take<float>("gamma").value_or(1.0507F));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
