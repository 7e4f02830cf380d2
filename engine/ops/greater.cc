// Greater: A > B with broadcasting; false beside NaN.
#include "ops/binary.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct Greater {
  template <class T>
  bool operator()(T a, T b) const {
    return a > b;
  }
};

}  // namespace

const OpDef& greater() {
  static const OpDef def = comparison_op("Greater", kNumbers, eval_comparison<Greater>);
  return def;
}

}  // namespace rondo::ops
