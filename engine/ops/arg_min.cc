// ArgMin: where along an axis the least element stands; of equal ones the first, or with select_last_index the last. A
// NaN counts as the least.
#include "ops/arg.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct Beats {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b;
  }
};

}  // namespace

const OpDef& arg_min() {
  static const OpDef def = arg_op("ArgMin", eval_arg<Beats>);
  return def;
}

}  // namespace rondo::ops
