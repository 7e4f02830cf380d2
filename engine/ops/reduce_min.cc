// ReduceMin: the least over axes; NaN wins. Over nothing Inf, or the greatest integer.
#include <limits>

#include "ops/op_list.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

template <class T>
struct Min {
  using Limits = std::numeric_limits<T>;
  T best = Limits::has_infinity ? Limits::infinity() : Limits::max();
  void add(T x) {
    if (x < best || x != x) best = x;
  }
  T result(std::int64_t) const { return best; }
};

void eval(const EvalContext& ctx) {
  eval_reduce<Min>(ctx);
  if (ctx.inputs[0].dtype != DType::boolean) return;
  // The reduction of no bytes is 255; of no booleans it is true.
  auto* y = ctx.outputs[0].as<std::uint8_t>();
  for (std::int64_t i = 0, n = ctx.outputs[0].count(); i < n; ++i) y[i] = y[i] != 0 ? 1 : 0;
}

}  // namespace

const OpDef& reduce_min() {
  static const OpDef def = reduce_op("ReduceMin", eval, kExact, share_among_equals,
                                     kReducible | DTypeSet{DType::int8, DType::uint8} | kBool);
  return def;
}

}  // namespace rondo::ops
