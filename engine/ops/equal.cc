// Equal: A == B with broadcasting; NaN equals nothing.
#include "ops/binary.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct Equal {
  template <class T>
  bool operator()(T a, T b) const {
    return a == b;
  }
};

}  // namespace

const OpDef& equal() {
  static const OpDef def = comparison_op("Equal", kAny, eval_comparison<Equal>);
  return def;
}

}  // namespace rondo::ops
