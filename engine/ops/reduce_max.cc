// ReduceMax: the greatest over axes; NaN wins. Over nothing -Inf, or the least integer.
#include "ops/op_list.h"
#include "ops/reduce.h"

namespace rondo::ops {
const OpDef& reduce_max() {
  static const OpDef def = reduce_op("ReduceMax", eval_reduce<Max>, kExact, share_among_equals,
                                     kReducible | DTypeSet{DType::int8, DType::uint8} | kBool);
  return def;
}

}  // namespace rondo::ops
