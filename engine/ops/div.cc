// Div: A / B with broadcasting. Integers truncate toward zero; a zero divisor is an error, the least integer by -1
// wraps.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Div {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      if (b == -1) return wrap_sub(T(0), a);
    }
    return static_cast<T>(a / b);
  }
};

void eval(const EvalContext& ctx) {
  refuse_zero_divisor(ctx);
  eval_binary<Div>(ctx);
}

void gradient(GradientContext& ctx) {
  const Term share = grad(ctx) / input(ctx, 1);
  if (ctx.wants(0)) give(ctx, 0, share);
  if (ctx.wants(1)) give(ctx, 1, -(share * output(ctx, 0)));
}

}  // namespace

const OpDef& div() {
  static const OpDef def = binary_op("Div", kNumbers, eval, kRounded, gradient);
  return def;
}

}  // namespace rondo::ops
