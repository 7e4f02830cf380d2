// IsNaN: true where an element is no number.
#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    apply_unary<T, std::uint8_t>(ctx, [](T x) { return static_cast<std::uint8_t>(x != x); });
  });
}

}  // namespace

const OpDef& is_nan() {
  static const OpDef def = predicate_op("IsNaN", kFloats, eval);
  return def;
}

}  // namespace rondo::ops
