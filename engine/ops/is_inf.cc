// IsInf: true at the infinities, or with detect_negative or detect_positive 0 at those of the other sign.
#include <limits>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  const bool negative = ctx.integer("detect_negative") != 0, positive = ctx.integer("detect_positive") != 0;
  with_float(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    constexpr T kInf = std::numeric_limits<T>::infinity();
    apply_unary<T, std::uint8_t>(ctx, [negative, positive](T x) {
      return static_cast<std::uint8_t>((positive && x == kInf) || (negative && x == -kInf));
    });
  });
}

OpDef declared() {
  OpDef def = predicate_op("IsInf", kFloats, eval);
  def.attributes = {attr("detect_negative", 1), attr("detect_positive", 1)};
  return def;
}

}  // namespace

const OpDef& is_inf() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
