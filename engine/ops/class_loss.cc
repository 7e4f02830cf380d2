#include "ops/class_loss.h"

#include <fmt/format.h>

#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

Dim required_agreement(const InferContext& ctx, std::size_t input, std::size_t axis, const Dim& expected) {
  const auto common = agreed(ctx.shape(input)[axis], expected);
  if (!common)
    throw ctx.error(fmt::format("{} does not fit {}", ctx.input_label(input), ctx.input_label(kClassScores)))
        .got("shape " + to_string(ctx.shape(input)))
        .expected(fmt::format("{} at dim {}", to_string(Shape{expected}), axis));
  return *common;
}

// The shape of the places: that of the scores without their axis 1, where both shapes are known the more specific.
std::optional<Shape> places(const InferContext& ctx) {
  if (!ctx.ranked(kClassScores))
    return ctx.ranked(kClassTarget) ? std::optional(ctx.shape(kClassTarget)) : std::nullopt;
  const std::int64_t rank = checked_rank(ctx, kClassScores);
  const Shape& scores = ctx.shape(kClassScores);
  if (rank < 2 || scores[1] == Dim(0))
    throw ctx.error(fmt::format("{} has no classes", ctx.input_label(kClassScores)))
        .got("shape " + to_string(scores))
        .expected("classes at dim 1");
  require_rank(ctx, kClassTarget, rank - 1);
  Shape out = scores;
  out.erase(out.begin() + 1);
  if (ctx.ranked(kClassTarget))
    for (std::size_t d = 0; d < out.size(); ++d) out[d] = required_agreement(ctx, kClassTarget, d, out[d]);
  return out;
}

void infer(InferContext& ctx) {
  const std::string& reduction = ctx.text("reduction");
  if (reduction != "none" && reduction != "sum" && reduction != "mean")
    throw ctx.attribute_error("reduction", "no such reduction").got(reduction).expected("none, sum or mean");
  auto shape = places(ctx);
  require_rank(ctx, kClassWeight, 1);
  if (ctx.ranked(kClassScores) && ctx.ranked(kClassWeight))
    required_agreement(ctx, kClassWeight, 0, ctx.shape(kClassScores)[1]);
  ctx.set(0, ctx.dtype(kClassScores), reduction == "none" ? std::move(shape) : Shape{});
  ctx.set(1, ctx.type(kClassScores));
}

}  // namespace

ClassTargets::ClassTargets(const EvalContext& ctx)
    : ctx_(ctx), classes_(ctx.inputs[kClassTarget]), num_classes_(ctx.inputs[kClassScores].shape[1]) {
  const AttrValue* ignored = find_attribute(ctx.node.attributes, "ignore_index");
  if (ignored != nullptr) ignored_ = std::get<std::int64_t>(*ignored);
}

std::optional<std::int64_t> ClassTargets::operator[](std::int64_t i) const {
  const std::int64_t chosen = classes_[i];
  if (chosen == ignored_) return std::nullopt;
  if (chosen >= 0 && chosen < num_classes_) return chosen;
  throw ctx_.error(fmt::format("{} holds no class at element {}", ctx_.node.op->inputs[kClassTarget].name, i))
      .got(std::to_string(chosen))
      .expected(fmt::format("0 to {}{}", num_classes_ - 1,
                            ignored_ ? fmt::format(", or {} to ignore the place", *ignored_) : ""));
}

Term log_prob_gradient(GradientContext& ctx) {
  if (ctx.wants(kClassWeight)) throw ctx.error("the weights of classes cannot be trained");
  const Term scores = input(ctx, kClassScores), weights = input(ctx, kClassWeight), one = scores.number(1);
  Term target = input(ctx, kClassTarget), weight = expand_like(one, target);
  const AttrValue* ignored = ctx.find("ignore_index");
  if (ignored != nullptr) {
    const Term left_out = apply(equal(), target, static_cast<double>(std::get<std::int64_t>(*ignored)));
    target = select(left_out, 0.0, target);
    if (weights.present()) weight = apply(gather(), weights, target);
    weight = select(left_out, 0.0, weight);
  } else if (weights.present()) {
    weight = apply(gather(), weights, target);
  }
  if (ctx.text("reduction") == "mean") {
    const Term total = apply(reduce_sum(), {weight}, {{"keepdims", std::int64_t{0}}});
    weight = weight / select(apply(equal(), total, 0.0), 1.0, total);
  }
  return apply(scatter_elements(),
               {zeros_like(scores), unsqueezed(target, {1}), unsqueezed(-(grad(ctx) * weight), {1})},
               {{"axis", std::int64_t{1}}});
}

OpDef class_loss_op(std::string name, std::vector<PortDef> inputs, std::vector<PortDef> outputs,
                    void (*eval)(const EvalContext&), void (*gradient)(GradientContext&)) {
  return {.name = std::move(name),
          .attributes = {optional_attr("ignore_index", AttrKind::integer), attr("reduction", "mean")},
          .inputs = std::move(inputs),
          .outputs = std::move(outputs),
          .types = {{"T", kFloats}, {"Tind", kIndices}},
          .infer = infer,
          .eval = eval,
          .tolerance = kSummed,
          .gradient = gradient};
}

}  // namespace rondo::ops
