// Hardmax: 1 at the first of the greatest elements along an axis, 0 elsewhere. A NaN counts as the greatest.
#include <functional>

#include "ops/arg.h"
#include "ops/op_list.h"
#include "ops/softmax.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

struct Hardmax {
  template <class T>
  void operator()(const Line<T>& line) const {
    const std::int64_t place = extreme_place(line.x, line.n, line.step, false, std::greater<T>{});
    for (std::int64_t i = 0; i < line.n; ++i) line.y[i * line.step] = i == place ? T(1) : T(0);
  }
};

}  // namespace

const OpDef& hardmax() {
  static const OpDef def = along_axis_op("Hardmax", eval_lines<Hardmax>, kExact, no_slope);
  return def;
}

}  // namespace rondo::ops
