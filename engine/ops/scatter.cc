#include "ops/scatter.h"

#include <algorithm>

namespace rondo::ops {
namespace {

constexpr std::string_view kReductions[] = {"none", "add", "mul", "max", "min"};  // in the order of Reduction

}  // namespace

void check_reduction(const InferContext& ctx) {
  if (std::ranges::find(kReductions, ctx.text("reduction")) == std::end(kReductions))
    throw ctx.attribute_error("reduction", "no such reduction")
        .got(ctx.text("reduction"))
        .expected("none, add, mul, max or min");
}

Reduction reduction_of(const Node& node) {
  const auto& name = std::get<std::string>(*find_attribute(node.attributes, "reduction"));
  return static_cast<Reduction>(std::ranges::find(kReductions, name) - std::begin(kReductions));
}

}  // namespace rondo::ops
