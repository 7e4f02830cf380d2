// Floor: the largest integer that is not above x.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Floor {
  template <class T>
  T operator()(T x) const {
    return std::floor(x);
  }
};

}  // namespace

const OpDef& floor() {
  static const OpDef def = unary_op("Floor", kFloats, eval_float_unary<Floor>, kExact, no_slope);
  return def;
}

}  // namespace rondo::ops
