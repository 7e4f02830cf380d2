// PRelu: x, or slope * x below zero; slope broadcasts to X.
#include "ops/binary.h"
#include "ops/op_list.h"
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

}  // namespace

const OpDef& prelu() {
  static const OpDef def{.name = "PRelu",
                         .inputs = {{"X", "T"}, {"slope", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats | DTypeSet{DType::int32, DType::int64, DType::uint32, DType::uint64}}},
                         .infer = infer,
                         .eval = eval_binary<PRelu>,
                         .tolerance = kRounded};
  return def;
}

}  // namespace rondo::ops
