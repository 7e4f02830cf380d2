// ReduceMax: the greatest over axes; NaN wins. Over nothing -Inf, or the least integer.
#include <limits>

#include "ops/op_list.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

template <class T>
struct Max {
  using Limits = std::numeric_limits<T>;
  T best = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  void add(T x) {
    if (x > best || x != x) best = x;
  }
  T result(std::int64_t) const { return best; }
};

}  // namespace

const OpDef& reduce_max() {
  static const OpDef def =
      reduce_op("ReduceMax", eval_reduce<Max>, kExact, kReducible | DTypeSet{DType::int8, DType::uint8} | kBool);
  return def;
}

}  // namespace rondo::ops
