// Acos: the inverse of the cosine, in radians; NaN outside [-1, 1].
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Acos {
  template <class T>
  T operator()(T x) const {
    return std::acos(x);
  }
};

}  // namespace

const OpDef& acos() {
  static const OpDef def = unary_op("Acos", kFloats, eval_float_unary<Acos>, kFunction);
  return def;
}

}  // namespace rondo::ops
