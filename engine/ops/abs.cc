// Abs: |x|; the least integer stays itself.
#include <cmath>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Abs {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::abs(x);
    else if constexpr (std::is_signed_v<T>)
      return x < 0 ? wrap_sub(T(0), x) : x;
    else
      return x;
  }
};

// At 0 the slope is 0.
Term slope(const Term& x, const Term&) { return apply(sign(), x); }

}  // namespace

const OpDef& abs() {
  static const OpDef def = unary_op("Abs", kNumbers, eval_unary<Abs>, kExact, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
