// Binary operators before opset 7. Without `broadcast` both shapes are equal. With it, B's shape is a contiguous part
// of A's that starts at `axis`, or ends at A's end when axis is absent; so B gets as many trailing dims of 1 as A has
// dims after that part, and today's broadcasting does the rest.
#include <fmt/format.h>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {
namespace {

void expect_equal_shapes(const SourceNode& node, const Emitter& out) {
  const TensorType &a = out.type(node.inputs[0]), &b = out.type(node.inputs[1]);
  if (!a.ranked() || !b.ranked()) return;
  bool same = a.rank() == b.rank();
  for (std::size_t i = 0; same && i < a.shape->size(); ++i) same = may_equal((*a.shape)[i], (*b.shape)[i]);
  if (!same)
    throw node.error("shapes differ, and broadcast is not set")
        .got(fmt::format("{} and {}", to_string(*a.shape), to_string(*b.shape)));
}

}  // namespace

void legalize_broadcast(SourceNode& node, Emitter& out) {
  if (node.opset < 6) node.drop("consumed_inputs");
  const bool broadcast = node.take<std::int64_t>("broadcast").value_or(0) != 0;
  const auto axis = node.take<std::int64_t>("axis");
  if (node.has_input(0) && node.has_input(1)) {
    if (!broadcast) {
      expect_equal_shapes(node, out);
    } else if (axis) {
      const std::int64_t a = out.rank(node, 0), b = out.rank(node, 1);
      const std::int64_t first = *axis < 0 ? *axis + a : *axis, after = a - first - b;
      if (first < 0 || after < 0)
        throw node.attribute_error("axis", "B does not fit into A there")
            .got(std::to_string(*axis))
            .expected(fmt::format("0 to {}", a - b));
      std::vector<std::int64_t> axes;
      for (std::int64_t i = 0; i < after; ++i) axes.push_back(b + i);
      if (after > 0) node.inputs[1] = out.helper(node, "Unsqueeze", {node.inputs[1], out.integers(node, "axes", axes)});
    }
  }
  out.emit(std::move(node));
}

}  // namespace rondo::importer
