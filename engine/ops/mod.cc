// Mod: the remainder with broadcasting; its sign is B's, or with fmod, which floats need, A's. An integer B of zero is
// an error.
#include <cmath>

#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct SignOfDividend {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::fmod(a, b);
    else if constexpr (std::is_signed_v<T>)
      return b == -1 ? T(0) : static_cast<T>(a % b);
    else
      return static_cast<T>(a % b);
  }
};

struct SignOfDivisor {
  template <class T>
  T operator()(T a, T b) const {
    const T r = SignOfDividend{}(a, b);
    if constexpr (std::is_signed_v<T>) {
      if (r != T(0) && (r < T(0)) != (b < T(0))) return wrap_add(r, b);
    }
    return r;
  }
};

void infer(InferContext& ctx) {
  if (is_floating(ctx.dtype(0)) && ctx.integer("fmod") == 0)
    throw ctx.attribute_error("fmod", "floating-point elements need fmod").got("0").expected("1");
  ctx.set(0, ctx.dtype(0), broadcast_inputs(ctx, 0, 2));
}

void eval(const EvalContext& ctx) {
  refuse_zero_divisor(ctx);
  if (ctx.integer("fmod") != 0)
    eval_binary<SignOfDividend>(ctx);
  else
    eval_binary<SignOfDivisor>(ctx);
}

// Where the quotient does not jump, a = quotient * b + remainder with a constant quotient.
void gradient(GradientContext& ctx) {
  const Term a = input(ctx, 0), b = input(ctx, 1);
  if (ctx.wants(0)) give(ctx, 0, grad(ctx));
  if (ctx.wants(1)) give(ctx, 1, -(grad(ctx) * apply(round(), (a - output(ctx, 0)) / b)));
}

OpDef declared() {
  OpDef def = binary_op("Mod", kNumbers, eval, kExact, gradient);
  def.attributes = {attr("fmod", 0)};
  def.infer = infer;
  return def;
}

}  // namespace

const OpDef& mod() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
