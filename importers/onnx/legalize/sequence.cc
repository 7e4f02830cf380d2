// Sequences of tensors. The graph has tensors only, so a sequence whose elements have one shape is one tensor that
// counts them along axis 0: SequenceAt is a Gather, and joining the elements moves or merges that axis.
#include <fmt/format.h>

#include <limits>
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

namespace {

// Moves the axis of the elements in front of axis `axis` of an element, and merges the two unless they are stacked. The
// rank may be unknown: the dims before and after are taken together meanwhile.
class Joining {
 public:
  Joining(SourceNode& node, Emitter& out, std::int64_t axis, bool stack)
      : node_(node), out_(out), stack_(stack), shape_(out.helper(node, "Shape", {node.inputs[0]})) {
    const std::int64_t from_end = stack ? axis + 1 : axis;  // of a negative axis; 0 is the end itself
    middle_ = axis >= 0 ? axis + 1 : from_end < 0 ? from_end : kEnd;
  }

  void emit() {
    const ValueId count = dims(0, 1), before = dims(1, middle_), after = dims(middle_, kEnd);
    const ValueId flat = reshape(node_.inputs[0], {count, product(before), product(after)});
    const ValueId moved = out_.helper(node_, "Transpose", {flat}, {{"perm", Ints{1, 0, 2}}});
    std::vector<ValueId> joined{before, count, after};
    if (!stack_) {
      const ValueId axis = out_.helper(node_, "Slice", {after, integers(0), integers(1)});
      joined[1] = out_.helper(node_, "Mul", {count, axis});
      joined[2] = out_.helper(node_, "Slice", {after, integers(1), integers(kEnd)});
    }
    become(node_, "Reshape", {moved, concat(std::move(joined))}, {{"allowzero", std::int64_t{1}}});
    out_.emit(std::move(node_));
  }

 private:
  static constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

  ValueId integers(std::int64_t value) { return out_.integers(node_, "at", {value}); }
  ValueId dims(std::int64_t from, std::int64_t to) {
    return out_.helper(node_, "Slice", {shape_, integers(from), integers(to)});
  }
  ValueId product(ValueId some) { return out_.helper(node_, "ReduceProd", {some}); }
  ValueId concat(std::vector<ValueId> parts) {
    return out_.helper(node_, "Concat", std::move(parts), {{"axis", std::int64_t{0}}});
  }
  ValueId reshape(ValueId tensor, std::vector<ValueId> shape) {
    return out_.helper(node_, "Reshape", {tensor, concat(std::move(shape))}, {{"allowzero", std::int64_t{1}}});
  }

  SourceNode& node_;
  Emitter& out_;
  bool stack_;
  ValueId shape_;
  std::int64_t middle_;  // where the dims of the sequence are cut in two
};

}  // namespace

void legalize_concat_from_sequence(SourceNode& node, Emitter& out) {
  const auto axis = node.take<std::int64_t>("axis");
  if (!axis) throw node.attribute_error("axis", "required attribute is missing");
  if (!node.has_input(0)) throw node.error("required input 0 is absent");
  const bool stack = taken(node, "new_axis", 0) != 0;
  if (!out.type(node.inputs[0]).ranked()) return Joining(node, out, *axis, stack).emit();
  const std::int64_t rank = out.rank(node, 0), at = axis_within(node, *axis, stack ? rank : rank - 1);
  if (!stack) return Joining(node, out, at, stack).emit();
  become(node, "Transpose", {node.inputs[0]}, {{"perm", moving(rank, 0, at)}});
  out.emit(std::move(node));
}

}  // namespace rondo::importer
