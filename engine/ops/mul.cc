// Mul: A * B with broadcasting; integers wrap around.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Mul {
  template <class T>
  T operator()(T a, T b) const {
    return wrap_mul(a, b);
  }
};

}  // namespace

const OpDef& mul() {
  static const OpDef def = binary_op("Mul", kNumbers, eval_binary<Mul>, kRounded);
  return def;
}

}  // namespace rondo::ops
