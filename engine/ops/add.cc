// Add: A + B with broadcasting; integers wrap around.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    return wrap_add(a, b);
  }
};

void gradient(GradientContext& ctx) {
  for (std::size_t i : {0, 1})
    if (ctx.wants(i)) give(ctx, i, grad(ctx));
}

}  // namespace

const OpDef& add() {
  static const OpDef def = binary_op("Add", kNumbers, eval_binary<Add>, kRounded, gradient);
  return def;
}

}  // namespace rondo::ops
