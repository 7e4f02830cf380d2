// Before opset 6 many operators carry consumed_inputs, which allowed a runtime to overwrite inputs. It never changed a
// result.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_consumed_inputs(SourceNode& node, Emitter& out) {
  node.drop("consumed_inputs");
  out.emit(std::move(node));
}

}  // namespace rondo::importer
