#include "ops/variadic.h"

#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {

void share_gradient(GradientContext& ctx) {
  std::vector<Term> equals;
  for (std::size_t i = 0; i < ctx.node().inputs.size(); ++i)
    equals.push_back(as_type(apply(equal(), input(ctx, i), output(ctx, 0)), grad(ctx).dtype()));
  Term count = equals[0];
  for (std::size_t i = 1; i < equals.size(); ++i) count = count + equals[i];
  const Term share = grad(ctx) / count;
  for (std::size_t i = 0; i < equals.size(); ++i)
    if (ctx.wants(i)) give(ctx, i, share * equals[i]);
}

}  // namespace rondo::ops
