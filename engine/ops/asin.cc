// Asin: the inverse of the sine, in radians; NaN outside [-1, 1].
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Asin {
  template <class T>
  T operator()(T x) const {
    return std::asin(x);
  }
};

}  // namespace

const OpDef& asin() {
  static const OpDef def = unary_op("Asin", kFloats, eval_float_unary<Asin>, kFunction);
  return def;
}

}  // namespace rondo::ops
