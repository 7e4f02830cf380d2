// Ceil: the smallest integer that is not below x.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Ceil {
  template <class T>
  T operator()(T x) const {
    return std::ceil(x);
  }
};

}  // namespace

const OpDef& ceil() {
  static const OpDef def = unary_op("Ceil", kFloats, eval_float_unary<Ceil>, kExact, no_slope);
  return def;
}

}  // namespace rondo::ops
