// Mish: x * tanh(softplus(x)).
#include <cmath>

#include "ops/op_list.h"
#include "ops/recurrent_activation.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Mish {
  template <class T>
  T operator()(T x) const {
    const double v = static_cast<double>(x);
    return static_cast<T>(v * std::tanh(apply({ActivationKind::softplus}, v)));
  }
};

Term slope(const Term& x, const Term&) {
  const Term t = apply(tanh(), apply(softplus(), x));
  return t + x * apply(sigmoid(), x) * (1.0 - t * t);
}

}  // namespace

const OpDef& mish() {
  static const OpDef def = unary_op("Mish", kFloats, eval_float_unary<Mish>, kFunction, derivative<slope>);
  return def;
}

}  // namespace rondo::ops
