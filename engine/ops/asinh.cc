// Asinh: the inverse of the hyperbolic sine.
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Asinh {
  template <class T>
  T operator()(T x) const {
    return std::asinh(x);
  }
};

}  // namespace

const OpDef& asinh() {
  static const OpDef def = unary_op("Asinh", kFloats, eval_float_unary<Asinh>, kFunction);
  return def;
}

}  // namespace rondo::ops
