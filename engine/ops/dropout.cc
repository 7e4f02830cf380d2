// Dropout in inference: output is data, mask is true everywhere. With training_mode true elements would be dropped at
// random; that is the same only for ratio 0, and any other is refused.
#include <algorithm>

#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kData, kRatio, kTraining };

bool is_zero(const TensorView& one) {
  bool zero = true;
  with_any(one.dtype, [&]<class T>(TypeTag<T>) { zero = converted<double>(*one.as<T>()) == 0; });
  return zero;
}

// Null: absent. The default of ratio is not 0, that of training_mode is false.
bool drops(const TensorView* ratio, const TensorView* training) {
  return training != nullptr && !is_zero(*training) && (ratio == nullptr || !is_zero(*ratio));
}

template <class Context>
Error refusal(const Context& ctx) {
  return ctx.error("training_mode would drop elements at random")
      .got("training_mode true, ratio not 0")
      .fix("export the model in inference mode");
}

void infer(InferContext& ctx) {
  require_one_element(ctx, kRatio);
  require_one_element(ctx, kTraining);
  const TensorView *ratio = ctx.value(kRatio), *training = ctx.value(kTraining);
  const bool ratio_is_open = ctx.has(kRatio) && ratio == nullptr;
  if (!ratio_is_open && drops(ratio, training)) throw refusal(ctx);
  ctx.set(0, ctx.type(kData));
  ctx.set(1, DType::boolean, ctx.type(kData).shape);
}

void eval(const EvalContext& ctx) {
  const auto given = [&](std::size_t i) { return ctx.has(i) ? &ctx.inputs[i] : nullptr; };
  if (drops(given(kRatio), given(kTraining))) throw refusal(ctx);
  if (ctx.wants(0)) eval_view(ctx);
  if (ctx.wants(1)) std::fill_n(ctx.outputs[1].as<std::uint8_t>(), ctx.outputs[1].count(), std::uint8_t{1});
}

// As it runs here: nothing is dropped.
void gradient(GradientContext& ctx) { ctx.set(kData, ctx.grad_output()); }

}  // namespace

const OpDef& dropout() {
  static const OpDef def{
      .name = "Dropout",
      .attributes = {optional_attr("seed", AttrKind::integer)},
      .inputs = {{"data", "T"}, {"ratio", "T1", Presence::optional}, {"training_mode", "T2", Presence::optional}},
      .outputs = {{"output", "T"}, {"mask", "T2", Presence::optional}},
      .types = {{"T", kFloats}, {"T1", kFloats}, {"T2", kBool}},
      .infer = infer,
      .eval = eval,
      .moves = true,
      .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
