// Atan: the inverse of the tangent, in radians.
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Atan {
  template <class T>
  T operator()(T x) const {
    return std::atan(x);
  }
};

}  // namespace

const OpDef& atan() {
  static const OpDef def = unary_op("Atan", kFloats, eval_float_unary<Atan>, kFunction);
  return def;
}

}  // namespace rondo::ops
