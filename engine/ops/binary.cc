#include "ops/binary.h"

#include <fmt/format.h>

#include <algorithm>

namespace rondo::ops {

OpDef binary_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&), Tolerance tolerance,
                void (*gradient)(GradientContext&)) {
  return {.name = std::move(name),
          .inputs = {{"A", "T"}, {"B", "T"}},
          .outputs = {{"C", "T"}},
          .types = {{"T", types}},
          .infer = [](InferContext& ctx) { ctx.set(0, ctx.dtype(0), broadcast_inputs(ctx, 0, 2)); },
          .eval = eval,
          .tolerance = tolerance,
          .gradient = gradient};
}

OpDef comparison_op(std::string name, DTypeSet types, void (*eval)(const EvalContext&)) {
  return {.name = std::move(name),
          .inputs = {{"A", "T"}, {"B", "T"}},
          .outputs = {{"C", "T1"}},
          .types = {{"T", types}, {"T1", kBool}},
          .infer = [](InferContext& ctx) { ctx.set(0, DType::boolean, broadcast_inputs(ctx, 0, 2)); },
          .eval = eval};
}

void refuse_zero_divisor(const EvalContext& ctx) {
  const TensorView& b = ctx.inputs[1];
  if (is_floating(b.dtype) || ctx.outputs[0].count() == 0) return;
  with_number(b.dtype, [&]<class T>(TypeTag<T>) {
    const T* end = b.as<T>() + b.count();
    const T* zero = std::find(b.as<T>(), end, T(0));
    if (zero != end)
      throw ctx.error(fmt::format("integer division by zero: B holds 0 at element {}", zero - b.as<T>()));
  });
}

}  // namespace rondo::ops
