// Sign: -1, 0 or 1; NaN stays NaN.
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Sign {
  template <class T>
  T operator()(T x) const {
    if (x > T(0)) return T(1);
    if constexpr (std::is_signed_v<T>)
      return x < T(0) ? T(-1) : x;
    else
      return x;
  }
};

}  // namespace

const OpDef& sign() {
  static const OpDef def = unary_op("Sign", kNumbers, eval_unary<Sign>, kExact, no_slope);
  return def;
}

}  // namespace rondo::ops
