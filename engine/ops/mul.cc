// Mul: A * B with broadcasting; integers wrap around.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Mul {
  template <class T>
  T operator()(T a, T b) const {
    return wrap_mul(a, b);
  }
};

void gradient(GradientContext& ctx) {
  for (std::size_t i : {0u, 1u})
    if (ctx.wants(i)) give(ctx, i, grad(ctx) * input(ctx, 1 - i));
}

}  // namespace

const OpDef& mul() {
  static const OpDef def = binary_op("Mul", kNumbers, eval_binary<Mul>, kRounded, gradient);
  return def;
}

}  // namespace rondo::ops
