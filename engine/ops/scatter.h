// What ScatterND and ScatterElements share: the reductions by which an update meets the element it falls on.
#pragma once

#include "ir/graph.h"
#include "ops/convert.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {

enum class Reduction { none, add, mul, max, min };

// Throws when the attribute `reduction` names none.
void check_reduction(const InferContext& ctx);
Reduction reduction_of(const Node& node);

// The gradient rule: scatter and gather are the operators that write and read at the node's indices. Without a
// reduction indices must not repeat, as ONNX demands. Elements that are equal to a greatest or least one share its
// gradient evenly.
void scatter_gradient(GradientContext& ctx, const OpDef& scatter, const OpDef& gather);

// Integers wrap around, NaN stays, halves are combined in float; of booleans add and max are "or", mul and min "and".
template <class T>
T combined(Reduction reduction, T old, T update) {
  if (reduction == Reduction::none) return update;
  if constexpr (kIsHalf<T>) {
    return converted<T>(combined(reduction, to_float(old), to_float(update)));
  } else if constexpr (std::is_same_v<T, Boolean>) {
    const bool any = reduction == Reduction::add || reduction == Reduction::max;
    return {static_cast<std::uint8_t>(any ? old.bits | update.bits : old.bits & update.bits)};
  } else {
    switch (reduction) {
      case Reduction::add:
        return wrap_add(old, update);
      case Reduction::mul:
        return wrap_mul(old, update);
      case Reduction::max:
        return old >= update || old != old ? old : update;
      default:
        return old <= update || old != old ? old : update;
    }
  }
}

}  // namespace rondo::ops
