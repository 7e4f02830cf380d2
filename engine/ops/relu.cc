// Relu: max(x, 0); NaN stays NaN.
#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

struct Relu {
  template <class T>
  T operator()(T x) const {
    return x < T(0) ? T(0) : x;
  }
};

}  // namespace

const OpDef& relu() {
  static const OpDef def = unary_op("Relu", kFloats | kSigned, eval_unary<Relu>);
  return def;
}

}  // namespace rondo::ops
