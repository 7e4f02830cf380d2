// Add: A + B with broadcasting; integers wrap around.
#include "ops/binary.h"
#include "ops/op_list.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    return wrap_add(a, b);
  }
};

}  // namespace

const OpDef& add() {
  static const OpDef def = binary_op("Add", kNumbers, eval_binary<Add>, kRounded);
  return def;
}

}  // namespace rondo::ops
