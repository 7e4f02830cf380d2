// Round: the nearest integer, halves to the even one.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Round {
  template <class T>
  T operator()(T x) const {
    return std::nearbyint(x);
  }
};

}  // namespace

const OpDef& round() {
  static const OpDef def = unary_op("Round", kFloats, eval_float_unary<Round>, kExact, no_slope);
  return def;
}

}  // namespace rondo::ops
