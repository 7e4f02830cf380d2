// Max: the greatest of the inputs, with broadcasting; NaN wins.
#include "ops/op_list.h"
#include "ops/variadic.h"

namespace rondo::ops {
namespace {

struct Max {
  template <class T>
  T operator()(T a, T b) const {
    return b <= a || a != a ? a : b;
  }
};

}  // namespace

const OpDef& max() {
  static const OpDef def = variadic_op("Max", kNumbers, eval_fold<Max>, kExact, share_gradient);
  return def;
}

}  // namespace rondo::ops
