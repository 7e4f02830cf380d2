// Gemm before opset 7: C is broadcast only when `broadcast` is set; otherwise it already has the shape of the result,
// for which today's rule does the same.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_gemm(SourceNode& node, Emitter& out) {
  if (!node.has_input(2)) throw node.error("required input 'C' is absent");
  node.take<std::int64_t>("broadcast");
  out.emit(std::move(node));
}

}  // namespace rondo::importer
