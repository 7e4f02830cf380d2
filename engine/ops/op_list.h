// The one explicit list of operators. Each line is an accessor ops::name() defined in the file name.cc of this folder.
#pragma once

#include <span>
#include <string_view>

#include "ir/op_def.h"

#define RONDO_OP_LIST(OP) \
  OP(add)                 \
  OP(cast)                \
  OP(concat)              \
  OP(constant_of_shape)   \
  OP(div)                 \
  OP(equal)               \
  OP(expand)              \
  OP(flatten)             \
  OP(gather)              \
  OP(gemm)                \
  OP(gru)                 \
  OP(identity)            \
  OP(log_softmax)         \
  OP(lstm)                \
  OP(mat_mul)             \
  OP(mul)                 \
  OP(pow)                 \
  OP(reduce_mean)         \
  OP(reduce_sum)          \
  OP(relu)                \
  OP(reshape)             \
  OP(rnn)                 \
  OP(shape)               \
  OP(sigmoid)             \
  OP(slice)               \
  OP(softmax)             \
  OP(split)               \
  OP(sqrt)                \
  OP(squeeze)             \
  OP(sub)                 \
  OP(tanh)                \
  OP(transpose)           \
  OP(unsqueeze)

namespace rondo {

namespace ops {
#define RONDO_DECLARE_OP(name) const OpDef& name();
RONDO_OP_LIST(RONDO_DECLARE_OP)
#undef RONDO_DECLARE_OP
}  // namespace ops

std::span<const OpDef* const> all_ops();

// Null when there is no such operator. domain "" and "ai.onnx" are the same.
const OpDef* find_op(std::string_view domain, std::string_view name);

}  // namespace rondo
