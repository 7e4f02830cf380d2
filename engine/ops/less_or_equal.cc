// LessOrEqual: A <= B with broadcasting; false beside NaN.
#include "ops/binary.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct LessOrEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a <= b;
  }
};

}  // namespace

const OpDef& less_or_equal() {
  static const OpDef def = comparison_op("LessOrEqual", kNumbers, eval_comparison<LessOrEqual>);
  return def;
}

}  // namespace rondo::ops
