// ReduceProd: the product over axes; 1 over nothing.
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

template <class T>
struct Prod {
  Wide<T> total = 1;
  void add(T x) { total = wrap_mul(total, static_cast<Wide<T>>(x)); }
  T result(std::int64_t) const { return static_cast<T>(total); }
};

// The product of the others: with one zero among the elements only that one has a slope, with two none has.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), is_zero = apply(equal(), x, 0.0), others = select(is_zero, 1.0, x);
  const Term zeros = reduced_alike(reduce_sum(), as_type(is_zero, x.dtype()));
  const Term product = reduced_alike(reduce_prod(), others);
  const Term zeros_elsewhere = zeros - as_type(is_zero, x.dtype());
  const Term slope = select(apply(equal(), zeros_elsewhere, 0.0), product / others, x.number(0));
  ctx.set(0, (as_reduced(grad(ctx)) * slope).id());
}

}  // namespace

const OpDef& reduce_prod() {
  static const OpDef def = reduce_op("ReduceProd", eval_reduce<Prod>, kSummed, gradient);
  return def;
}

}  // namespace rondo::ops
