// RNN, LSTM and GRU before opset 7. output_sequence said whether Y was wanted; a Y that is named is always produced, so
// it says nothing. GRU of opset 1 and 2 misspells "forward" and requires Y_h.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_recurrent(SourceNode& node, Emitter& out) {
  node.take<std::int64_t>("output_sequence");
  if (node.op_type == "GRU" && node.opset < 3) {
    const AttrValue* direction = find_attribute(node.attributes, "direction");
    const auto* text = direction == nullptr ? nullptr : std::get_if<std::string>(direction);
    if (text != nullptr && *text == "foward") node.set("direction", std::string("forward"));
    if (!node.has_output(1)) throw node.error("required output 'Y_h' is absent").fix("export with opset 7 or newer");
  }
  out.emit(std::move(node));
}

}  // namespace rondo::importer
