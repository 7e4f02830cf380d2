#include "ops/arg.h"

#include <fmt/format.h>

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  if (!ctx.ranked(0)) return ctx.set(0, DType::int64, std::nullopt);
  Shape out = ctx.shape(0);
  const std::int64_t axis = checked_axis(ctx, ctx.integer("axis"), checked_rank(ctx, 0));
  const auto place = out.begin() + axis;
  if (*place == Dim(0))
    throw ctx.error(fmt::format("axis {} has no elements to choose from", axis)).got("data " + to_string(out));
  if (ctx.integer("keepdims") != 0)
    *place = 1;
  else
    out.erase(place);
  ctx.set(0, DType::int64, std::move(out));
}

}  // namespace

OpDef arg_op(std::string name, void (*eval)(const EvalContext&)) {
  return {.name = std::move(name),
          .attributes = {attr("axis", 0), attr("keepdims", 1), attr("select_last_index", 0)},
          .inputs = {{"data", "T"}},
          .outputs = {{"reduced", "I"}},
          .types = {{"T", kNumbers}, {"I", {DType::int64}}},
          .infer = infer,
          .eval = eval};
}

}  // namespace rondo::ops
