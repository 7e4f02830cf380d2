// Log: the natural logarithm; -Inf at 0, NaN below.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Log {
  template <class T>
  T operator()(T x) const {
    return std::log(x);
  }
};

Term slope(const Term& x, const Term&) { return 1.0 / x; }

}  // namespace

const OpDef& log() {
  static const OpDef def = unary_op("Log", kFloats, eval_float_unary<Log>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
