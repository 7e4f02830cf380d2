// Cast before opset 6: `to` is the name of an element type, such as "FLOAT".
#include <algorithm>
#include <cctype>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_cast(SourceNode& node, Emitter& out) {
  const auto to = node.take<std::string>("to");
  if (!to) throw node.attribute_error("to", "required attribute is missing");
  std::string lower = *to;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const DType dtype = dtype_from_name(lower);
  if (dtype == DType::undefined)
    throw node.attribute_error("to", "this element type is not supported", ErrorCode::unsupported).got(*to);
  node.set("to", static_cast<std::int64_t>(dtype));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
