// Mish: x * tanh(softplus(x)).
#include <cmath>

#include "ops/op_list.h"
#include "ops/recurrent_activation.h"
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

}  // namespace

const OpDef& mish() {
  static const OpDef def = unary_op("Mish", kFloats, eval_float_unary<Mish>, kFunction);
  return def;
}

}  // namespace rondo::ops
