// TopK before opset 10: k is an attribute; the largest elements come, sorted, as they do by default today.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_topk(SourceNode& node, Emitter& out) {
  node.expect_inputs_at_most(1);
  const auto k = node.take<std::int64_t>("k");
  if (!k) throw node.attribute_error("k", "required attribute is missing");
  node.set_input(1, out.integers(node, "k", {*k}));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
