// Sub: A - B with broadcasting; integers wrap around.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Sub {
  template <class T>
  T operator()(T a, T b) const {
    return wrap_sub(a, b);
  }
};

void gradient(GradientContext& ctx) {
  if (ctx.wants(0)) give(ctx, 0, grad(ctx));
  if (ctx.wants(1)) give(ctx, 1, -grad(ctx));
}

}  // namespace

const OpDef& sub() {
  static const OpDef def = binary_op("Sub", kNumbers, eval_binary<Sub>, kRounded, gradient);
  return def;
}

}  // namespace rondo::ops
