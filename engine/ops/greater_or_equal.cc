// GreaterOrEqual: A >= B with broadcasting; false beside NaN.
#include "ops/binary.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct GreaterOrEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a >= b;
  }
};

}  // namespace

const OpDef& greater_or_equal() {
  static const OpDef def = comparison_op("GreaterOrEqual", kNumbers, eval_comparison<GreaterOrEqual>);
  return def;
}

}  // namespace rondo::ops
