// PRelu: x, or slope * x below zero; slope broadcasts to X.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct PRelu {
  template <class T>
  T operator()(T x, T slope) const {
    return x < T(0) ? wrap_mul(slope, x) : x;
  }
};

void infer(InferContext& ctx) {
  check_broadcasts_to(ctx, 1, 0);
  ctx.set(0, ctx.type(0));
}

// At 0 the slope is that below 0, as in PyTorch.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), above = apply(greater(), x, 0.0);
  if (ctx.wants(0)) give(ctx, 0, select(above, grad(ctx), grad(ctx) * input(ctx, 1)));
  if (ctx.wants(1)) give(ctx, 1, select(above, 0.0, grad(ctx) * x));
}

}  // namespace

const OpDef& prelu() {
  static const OpDef def{.name = "PRelu",
                         .inputs = {{"X", "T"}, {"slope", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats | DTypeSet{DType::int32, DType::int64, DType::uint32, DType::uint64}}},
                         .infer = infer,
                         .eval = eval_binary<PRelu>,
                         .tolerance = kRounded,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
