// Less: A < B with broadcasting; false beside NaN.
#include "ops/binary.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct Less {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b;
  }
};

}  // namespace

const OpDef& less() {
  static const OpDef def = comparison_op("Less", kNumbers, eval_comparison<Less>);
  return def;
}

}  // namespace rondo::ops
