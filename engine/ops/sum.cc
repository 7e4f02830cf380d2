// Sum: the sum of the inputs, with broadcasting.
#include "ops/op_list.h"
#include "ops/variadic.h"

namespace rondo::ops {
namespace {

struct Sum {
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

}  // namespace

const OpDef& sum() {
  static const OpDef def = variadic_op("Sum", kFloats, eval_fold<Sum>, kSummed);
  return def;
}

}  // namespace rondo::ops
