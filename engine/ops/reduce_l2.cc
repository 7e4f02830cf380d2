// ReduceL2: the square root of the sum of squares over axes, on integers truncated; 0 over nothing.
#include <cmath>

#include "ops/op_list.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

template <class T>
struct L2 {
  double total = 0;
  void add(T x) { total += static_cast<double>(x) * static_cast<double>(x); }
  T result(std::int64_t) const { return converted<T>(std::sqrt(total)); }
};

}  // namespace

const OpDef& reduce_l2() {
  static const OpDef def = reduce_op("ReduceL2", eval_reduce<L2>, kSummed);
  return def;
}

}  // namespace rondo::ops
