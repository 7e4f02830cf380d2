// ArgMax: where along an axis the greatest element stands; of equal ones the first, or with select_last_index the last.
// A NaN counts as the greatest.
#include "ops/arg.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

struct Beats {
  template <class T>
  bool operator()(T a, T b) const {
    return a > b;
  }
};

}  // namespace

const OpDef& arg_max() {
  static const OpDef def = arg_op("ArgMax", eval_arg<Beats>);
  return def;
}

}  // namespace rondo::ops
