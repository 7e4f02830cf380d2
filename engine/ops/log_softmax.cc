// LogSoftmax: x - log(sum of exp(x)) along an axis, without the underflow of taking Softmax's logarithm.
#include "ops/op_list.h"
#include "ops/softmax.h"

namespace rondo::ops {
namespace {

struct LogSoftmax {
  template <class T>
  void operator()(const Line<T>& line) const {
    write_log_softmax(line, log_softmax_of(line));
  }
};

}  // namespace

const OpDef& log_softmax() {
  static const OpDef def = along_axis_op("LogSoftmax", eval_lines<LogSoftmax>, kSaturating);
  return def;
}

}  // namespace rondo::ops
