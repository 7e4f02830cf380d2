#include "ops/subgraph.h"

#include <fmt/format.h>

#include <algorithm>

namespace rondo::ops {

void check_arity(const InferContext& ctx, std::string_view attribute, std::size_t inputs, std::size_t outputs) {
  const Graph& g = subgraph(ctx, attribute);
  const auto check = [&](std::string_view what, std::size_t got, std::size_t expected) {
    if (got == expected) return;
    throw ctx.attribute_error(attribute, fmt::format("its graph has the wrong number of {}", what))
        .got(std::to_string(got))
        .expected(fmt::format("{}, as the node's own inputs and outputs ask", expected));
  };
  check("inputs", g.inputs.size(), inputs);
  check("outputs", g.outputs.size(), outputs);
}

void check_dtype(const InferContext& ctx, std::string_view attribute, const std::string& where, const TensorType& got,
                 DType expected) {
  if (got.dtype == expected) return;
  throw ctx.attribute_error(attribute, fmt::format("{} of its graph has the wrong element type", where))
      .got(std::string(name_of(got.dtype)))
      .expected(std::string(name_of(expected)));
}

void require_single(const InferContext& ctx, std::size_t i) {
  if (ctx.ranked(i) && !std::ranges::all_of(ctx.shape(i), [](const Dim& d) { return may_equal(d, 1); }))
    throw ctx.error(ctx.input_label(i) + " must be one element").got("shape " + to_string(ctx.shape(i)));
}

}  // namespace rondo::ops
