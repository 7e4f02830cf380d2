// Sinh: the hyperbolic sine.
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sinh {
  template <class T>
  T operator()(T x) const {
    return std::sinh(x);
  }
};

}  // namespace

const OpDef& sinh() {
  static const OpDef def = unary_op("Sinh", kFloats, eval_float_unary<Sinh>, kFunction);
  return def;
}

}  // namespace rondo::ops
