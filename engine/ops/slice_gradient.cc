// SliceGradient of the domain rondo: zeros of the shape given, with grad where Slice took its elements from.
#include <algorithm>

#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/slice.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kGrad, kShape, kStarts, kEnds, kAxes, kSteps };

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, kShape);
  const auto wanted = ctx.integers_of(kShape);
  if (length && ctx.ranked(kGrad)) require_rank(ctx, kGrad, *length);
  if (!wanted) return ctx.set(0, ctx.dtype(kGrad), length ? std::optional(unknown_shape(ctx, *length)) : std::nullopt);
  check_rank(ctx, wanted->size(), "shape");
  ctx.set(0, ctx.dtype(kGrad), Shape(wanted->begin(), wanted->end()));
}

void eval(const EvalContext& ctx) {
  const TensorView& grad = ctx.inputs[kGrad];
  const MutableTensorView& out = ctx.outputs[0];
  const std::size_t size = size_of(out.dtype);
  std::fill_n(static_cast<std::byte*>(out.data), out.bytes(), std::byte{0});
  if (grad.count() == 0) return;
  const SlicePlaces places = slice_places(ctx.inputs.subspan(kStarts), out.shape, grad.shape);
  copy_strided(size, grad.shape, element_at(out.data, places.offset, size), places.strides, grad.data,
               dense_strides(grad.shape));
}

void gradient(GradientContext& ctx) {
  ctx.set(
      kGrad,
      apply(slice(), {grad(ctx), input(ctx, kStarts), input(ctx, kEnds), input(ctx, kAxes), input(ctx, kSteps)}).id());
}

}  // namespace

const OpDef& slice_gradient() {
  static const OpDef def{.name = "SliceGradient",
                         .domain = "rondo",
                         .inputs = {{"grad", "T"},
                                    {"shape", "shape"},
                                    {"starts", "Tind"},
                                    {"ends", "Tind"},
                                    {"axes", "Tind", Presence::optional},
                                    {"steps", "Tind", Presence::optional}},
                         .outputs = {{"grad_data", "T"}},
                         .types = {{"T", kFloats}, {"shape", {DType::int64}}, {"Tind", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
