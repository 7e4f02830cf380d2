// LogSoftmax: x - log(sum of exp(x)) along an axis, without the underflow of taking Softmax's logarithm.
#include "ops/op_list.h"
#include "ops/softmax.h"

namespace rondo::ops {
namespace {

struct LogSoftmax {
  template <class T>
  void operator()(const Line<T>& line) const {
    const T top = greatest(line);
    double total = 0;
    for (std::int64_t i = 0; i < line.n; ++i) total += static_cast<double>(std::exp(line.x[i * line.step] - top));
    const double shift = std::log(total);
    for (std::int64_t i = 0; i < line.n; ++i)
      line.y[i * line.step] = static_cast<T>(static_cast<double>(line.x[i * line.step] - top) - shift);
  }
};

}  // namespace

const OpDef& log_softmax() {
  static const OpDef def = along_axis_op("LogSoftmax", eval_lines<LogSoftmax>, kSaturating);
  return def;
}

}  // namespace rondo::ops
