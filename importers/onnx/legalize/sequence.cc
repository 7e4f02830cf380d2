// Sequences of tensors. The graph has tensors only, so a sequence whose elements have one shape is one tensor that
// counts them along axis 0: SequenceAt is a Gather, and joining the elements moves or merges that axis.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {
namespace {

using Ints = std::vector<std::int64_t>;

std::int64_t taken(SourceNode& node, std::string_view attribute, std::int64_t otherwise) {
  return node.take<std::int64_t>(attribute).value_or(otherwise);
}

std::int64_t axis_within(const SourceNode& node, std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank)
    throw node.attribute_error("axis", "axis is out of range")
        .got(std::to_string(axis))
        .expected(fmt::format("{} to {}", -rank, rank - 1));
  return axis < 0 ? axis + rank : axis;
}

// The permutation that takes axis `from` out and puts it back as axis `to`.
Ints moving(std::int64_t rank, std::int64_t from, std::int64_t to) {
  Ints perm(static_cast<std::size_t>(rank));
  std::iota(perm.begin(), perm.end(), 0);
  perm.erase(perm.begin() + from);
  perm.insert(perm.begin() + to, from);
  return perm;
}

void become(SourceNode& node, std::string_view op_type, std::vector<ValueId> inputs, Attributes attributes = {}) {
  node.op_type = op_type;
  node.inputs = std::move(inputs);
  node.attributes.insert(node.attributes.end(), attributes.begin(), attributes.end());
}

// Compares from axis `first` on.
void expect_one_shape(const SourceNode& node, const Emitter& out, ValueId a, ValueId b, std::size_t first = 0) {
  const TensorType &x = out.type(a), &y = out.type(b);
  if (!x.ranked() || !y.ranked()) return;
  bool differ = x.rank() != y.rank();
  for (std::size_t i = first; !differ && i < x.shape->size(); ++i) differ = !may_equal((*x.shape)[i], (*y.shape)[i]);
  if (differ)
    throw node.error("the tensors of a sequence differ in shape", ErrorCode::unsupported)
        .got(fmt::format("{} and {}", to_string(x), to_string(y)));
}

bool is_one(const TensorPtr& tensor) {
  if (tensor == nullptr || !tensor->shape().empty()) return false;
  if (tensor->dtype() == DType::int32) return tensor->values<std::int32_t>()[0] == 1;
  return tensor->dtype() == DType::int64 && tensor->values<std::int64_t>()[0] == 1;
}

ValueId as_element(const SourceNode& node, Emitter& out, ValueId tensor) {
  return out.helper(node, "Unsqueeze", {tensor, out.integers(node, "axes", {0})});
}

}  // namespace

void legalize_sequence_construct(SourceNode& node, Emitter& out) {
  if (!node.has_input(0)) throw node.error("required input 0 is absent");
  std::vector<ValueId> elements;
  for (ValueId input : node.inputs) {
    if (input == kNone) throw node.error("a tensor of the sequence is absent");
    expect_one_shape(node, out, node.inputs[0], input);
    elements.push_back(as_element(node, out, input));
  }
  become(node, "Concat", std::move(elements), {{"axis", std::int64_t{0}}});
  out.emit(std::move(node));
}

void legalize_sequence_insert(SourceNode& node, Emitter& out) {
  if (!node.has_input(0) || !node.has_input(1)) throw node.error("a required input is absent");
  if (node.has_input(2))
    throw node.error("inserting at a position is not supported", ErrorCode::unsupported)
        .fix("append to the end of the sequence");
  const ValueId element = as_element(node, out, node.inputs[1]);
  expect_one_shape(node, out, node.inputs[0], element, 1);
  become(node, "Concat", {node.inputs[0], element}, {{"axis", std::int64_t{0}}});
  out.emit(std::move(node));
}

void legalize_sequence_at(SourceNode& node, Emitter& out) {
  become(node, "Gather", node.inputs, {{"axis", std::int64_t{0}}});
  out.emit(std::move(node));
}

void legalize_sequence_length(SourceNode& node, Emitter& out) {
  const ValueId shape = out.helper(node, "Shape", node.inputs);
  become(node, "Gather", {shape, out.integer(node, "axis", 0)}, {{"axis", std::int64_t{0}}});
  out.emit(std::move(node));
}

// keepdims counts beside a scalar split of 1, too, although ONNX says it does not: PyTorch writes unbind that way, and
// means the axis to go.
void legalize_split_to_sequence(SourceNode& node, Emitter& out) {
  if (node.has_input(1) && !is_one(out.constant_of(node.inputs[1])))
    throw node.error("only a split into parts of one is supported", ErrorCode::unsupported)
        .fix("export the model with sizes that are known, so that it has a Split");
  const std::int64_t rank = out.rank(node, 0), axis = axis_within(node, taken(node, "axis", 0), rank);
  const bool keep = taken(node, "keepdims", 1) != 0;
  const Attribute perm{"perm", moving(rank, axis, 0)};
  if (keep) {
    const ValueId moved = out.helper(node, "Transpose", {node.inputs[0]}, {perm});
    become(node, "Unsqueeze", {moved, out.integers(node, "axes", {axis + 1})});
  } else {
    become(node, "Transpose", {node.inputs[0]}, {perm});
  }
  out.emit(std::move(node));
}

void legalize_concat_from_sequence(SourceNode& node, Emitter& out) {
  const auto given = node.take<std::int64_t>("axis");
  if (!given) throw node.attribute_error("axis", "required attribute is missing");
  const bool stack = taken(node, "new_axis", 0) != 0;
  const std::int64_t rank = out.rank(node, 0), axis = axis_within(node, *given, stack ? rank : rank - 1);
  const Attribute perm{"perm", moving(rank, 0, axis)};
  if (stack) {
    become(node, "Transpose", {node.inputs[0]}, {perm});
    return out.emit(std::move(node));
  }
  // The count of the elements and their axis become one: dims before it are copied, those after it read.
  const ValueId moved = out.helper(node, "Transpose", {node.inputs[0]}, {perm});
  Ints front(static_cast<std::size_t>(axis), 0);
  front.push_back(-1);
  const auto limits = [&](std::string_view what, std::int64_t v) { return out.integers(node, what, {v}); };
  const ValueId rest =
      out.helper(node, "Slice", {out.helper(node, "Shape", {moved}), limits("start", axis + 2), limits("end", rank)});
  const ValueId shape =
      out.helper(node, "Concat", {out.integers(node, "front", front), rest}, {{"axis", std::int64_t{0}}});
  become(node, "Reshape", {moved, shape});
  out.emit(std::move(node));
}

}  // namespace rondo::importer
