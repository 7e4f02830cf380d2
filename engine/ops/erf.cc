// Erf: the error function; on integers, truncated.
#include <cmath>

#include "ops/op_list.h"
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

}  // namespace

const OpDef& erf() {
  static const OpDef def = unary_op("Erf", kNumbers, eval_unary<Erf>, kFunction);
  return def;
}

}  // namespace rondo::ops
