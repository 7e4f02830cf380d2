// Erf: the error function; on integers, truncated.
#include <cmath>
#include <numbers>

#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Erf {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::erf(x);
    else
      return static_cast<T>(std::erf(static_cast<double>(x)));
  }
};

Term slope(const Term& x, const Term&) { return 2 * std::numbers::inv_sqrtpi * apply(exp(), -(x * x)); }

}  // namespace

const OpDef& erf() {
  static const OpDef def = unary_op("Erf", kNumbers, eval_unary<Erf>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
