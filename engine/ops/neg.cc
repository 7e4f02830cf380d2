// Neg: -x; the least integer stays itself.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Neg {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_integral_v<T>)
      return wrap_sub(T(0), x);
    else
      return -x;
  }
};

void gradient(GradientContext& ctx) { ctx.set(0, (-grad(ctx)).id()); }

}  // namespace

const OpDef& neg() {
  static const OpDef def = unary_op("Neg", kFloats | kSigned, eval_unary<Neg>, kExact, gradient);
  return def;
}

}  // namespace rondo::ops
