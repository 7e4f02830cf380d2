// Softmax, LogSoftmax and Hardmax before opset 13 see their input as a matrix: the dims before `axis` (1 when absent)
// make the rows, the others the columns. On the last axis that is today's form; elsewhere the input is flattened, and
// the result takes the input's shape again, whatever that turns out to be at run time.
#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {

void legalize_flat_axis(SourceNode& node, Emitter& out) {
  if (!node.has_input(0)) throw node.error("required input 'input' is absent");
  const std::int64_t axis = node.take<std::int64_t>("axis").value_or(1);
  const TensorType type = out.type(node.inputs[0]);
  if (type.ranked() && (axis == -1 || axis == type.rank() - 1)) {
    node.set("axis", std::int64_t{-1});
    return out.emit(std::move(node));
  }
  const ValueId x = node.inputs[0];
  const auto dims = concrete_dims(type);
  const ValueId shape = dims ? out.integers(node, "shape", *dims) : out.helper(node, "Shape", {x});
  const ValueId matrix = out.helper(node, "Flatten", {x}, {{"axis", axis}});
  const ValueId y = out.helper(node, node.op_type, {matrix}, {{"axis", std::int64_t{-1}}});
  if (!node.attributes.empty()) throw node.attribute_error(node.attributes[0].name, "unknown attribute");
  node.op_type = "Reshape";
  node.set("allowzero", std::int64_t{1});  // a dim of 0 is one, not a copy of the matrix's
  node.inputs = {y, shape};
  out.emit(std::move(node));
}

}  // namespace rondo::importer
