// LSTM: the formulas are those of lstm_step.h.
#include "ops/lstm_step.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) { eval_recurrent(ctx, LstmStep{}); }

}  // namespace

const OpDef& lstm() {
  static const OpDef def = recurrent_op(Cell::lstm, {attr("input_forget", std::int64_t{0})}, eval);
  return def;
}

}  // namespace rondo::ops
