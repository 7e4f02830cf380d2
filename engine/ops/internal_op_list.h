// The list of operators of the domain "rondo", beside that of ONNX's own (op_list.h): what training needs and no file
// can name. Each line is an accessor ops::name() defined in the file name.cc of this folder; all_ops() has both lists.
#pragma once

#include "ir/op_def.h"

#define RONDO_INTERNAL_OP_LIST(OP) \
  OP(average_pool_gradient)        \
  OP(conv_gradient)                \
  OP(ctc_loss)                     \
  OP(ctc_loss_gradient)            \
  OP(gather_gradient)              \
  OP(gru_gradient)                 \
  OP(lstm_gradient)                \
  OP(rnn_gradient)                 \
  OP(seeded_dropout)               \
  OP(slice_gradient)               \
  OP(sum_to)

namespace rondo::ops {

#define RONDO_DECLARE_OP(name) const OpDef& name();
RONDO_INTERNAL_OP_LIST(RONDO_DECLARE_OP)
#undef RONDO_DECLARE_OP

}  // namespace rondo::ops
