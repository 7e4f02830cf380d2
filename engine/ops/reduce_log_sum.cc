// ReduceLogSum: the logarithm of the sum over axes, on integers truncated; -Inf over nothing.
#include <cmath>

#include "ops/op_list.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

template <class T>
struct LogSum {
  double total = 0;
  void add(T x) { total += static_cast<double>(x); }
  T result(std::int64_t) const { return converted<T>(std::log(total)); }
};

}  // namespace

const OpDef& reduce_log_sum() {
  static const OpDef def = reduce_op("ReduceLogSum", eval_reduce<LogSum>, kSummed);
  return def;
}

}  // namespace rondo::ops
