// Sqrt: the square root; NaN below zero.
#include <cmath>

#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sqrt {
  template <class T>
  T operator()(T x) const {
    return std::sqrt(x);
  }
};

}  // namespace

const OpDef& sqrt() {
  static const OpDef def = unary_op("Sqrt", kFloats, eval_float_unary<Sqrt>, kRounded);
  return def;
}

}  // namespace rondo::ops
