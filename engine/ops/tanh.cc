// Tanh: the hyperbolic tangent.
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Tanh {
  template <class T>
  T operator()(T x) const {
    return std::tanh(x);
  }
};

}  // namespace

const OpDef& tanh() {
  static const OpDef def = unary_op("Tanh", kFloats, eval_float_unary<Tanh>, kFunction);
  return def;
}

}  // namespace rondo::ops
