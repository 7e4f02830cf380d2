// Concat before opset 4: an absent axis means 1.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_concat(SourceNode& node, Emitter& out) {
  if (find_attribute(node.attributes, "axis") == nullptr) node.set("axis", std::int64_t{1});
  out.emit(std::move(node));
}

}  // namespace rondo::importer
