// Min: the least of the inputs, with broadcasting; NaN wins.
#include "ops/op_list.h"
#include "ops/variadic.h"

namespace rondo::ops {
namespace {

struct Min {
  template <class T>
  T operator()(T a, T b) const {
    return b >= a || a != a ? a : b;
  }
};

}  // namespace

const OpDef& min() {
  static const OpDef def = variadic_op("Min", kNumbers, eval_fold<Min>, kExact, share_gradient);
  return def;
}

}  // namespace rondo::ops
