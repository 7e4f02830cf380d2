// The one explicit list of operators. Each line is an accessor ops::name() defined in the file name.cc of this folder.
#pragma once

#include <span>
#include <string_view>

#include "ir/op_def.h"

#define RONDO_OP_LIST(OP)          \
  OP(abs)                          \
  OP(acos)                         \
  OP(acosh)                        \
  OP(add)                          \
  OP(arg_max)                      \
  OP(arg_min)                      \
  OP(asin)                         \
  OP(asinh)                        \
  OP(atan)                         \
  OP(atanh)                        \
  OP(average_pool)                 \
  OP(batch_normalization)          \
  OP(cast)                         \
  OP(cast_like)                    \
  OP(ceil)                         \
  OP(celu)                         \
  OP(clip)                         \
  OP(compress)                     \
  OP(concat)                       \
  OP(constant_of_shape)            \
  OP(conv)                         \
  OP(conv_transpose)               \
  OP(cos)                          \
  OP(cosh)                         \
  OP(cum_sum)                      \
  OP(dequantize_linear)            \
  OP(dft)                          \
  OP(div)                          \
  OP(dropout)                      \
  OP(dynamic_quantize_linear)      \
  OP(dynamic_quantize_lstm)        \
  OP(einsum)                       \
  OP(elu)                          \
  OP(equal)                        \
  OP(erf)                          \
  OP(exp)                          \
  OP(expand)                       \
  OP(eye_like)                     \
  OP(flatten)                      \
  OP(floor)                        \
  OP(gather)                       \
  OP(gather_elements)              \
  OP(gather_nd)                    \
  OP(gelu)                         \
  OP(gemm)                         \
  OP(global_average_pool)          \
  OP(global_max_pool)              \
  OP(greater)                      \
  OP(greater_or_equal)             \
  OP(group_normalization)          \
  OP(gru)                          \
  OP(hard_sigmoid)                 \
  OP(hard_swish)                   \
  OP(hardmax)                      \
  OP(identity)                     \
  OP(if_else)                      \
  OP(instance_normalization)       \
  OP(is_inf)                       \
  OP(is_nan)                       \
  OP(layer_normalization)          \
  OP(leaky_relu)                   \
  OP(less)                         \
  OP(less_or_equal)                \
  OP(log)                          \
  OP(log_softmax)                  \
  OP(logical_and)                  \
  OP(logical_not)                  \
  OP(logical_or)                   \
  OP(logical_xor)                  \
  OP(loop)                         \
  OP(lp_normalization)             \
  OP(lstm)                         \
  OP(mat_mul)                      \
  OP(mat_mul_integer)              \
  OP(max)                          \
  OP(max_pool)                     \
  OP(mean)                         \
  OP(mean_variance_normalization)  \
  OP(min)                          \
  OP(mish)                         \
  OP(mod)                          \
  OP(mul)                          \
  OP(neg)                          \
  OP(negative_log_likelihood_loss) \
  OP(non_zero)                     \
  OP(one_hot)                      \
  OP(pad)                          \
  OP(pow)                          \
  OP(prelu)                        \
  OP(quantize_linear)              \
  OP(range)                        \
  OP(reciprocal)                   \
  OP(reduce_l1)                    \
  OP(reduce_l2)                    \
  OP(reduce_log_sum)               \
  OP(reduce_log_sum_exp)           \
  OP(reduce_max)                   \
  OP(reduce_mean)                  \
  OP(reduce_min)                   \
  OP(reduce_prod)                  \
  OP(reduce_sum)                   \
  OP(reduce_sum_square)            \
  OP(relu)                         \
  OP(reshape)                      \
  OP(reverse_sequence)             \
  OP(rms_normalization)            \
  OP(rnn)                          \
  OP(round)                        \
  OP(scan)                         \
  OP(scatter_elements)             \
  OP(scatter_nd)                   \
  OP(selu)                         \
  OP(shape)                        \
  OP(sigmoid)                      \
  OP(sign)                         \
  OP(sin)                          \
  OP(sinh)                         \
  OP(size)                         \
  OP(slice)                        \
  OP(softmax)                      \
  OP(softmax_cross_entropy_loss)   \
  OP(softplus)                     \
  OP(softsign)                     \
  OP(split)                        \
  OP(sqrt)                         \
  OP(squeeze)                      \
  OP(stft)                         \
  OP(sub)                          \
  OP(sum)                          \
  OP(swish)                        \
  OP(tan)                          \
  OP(tanh)                         \
  OP(thresholded_relu)             \
  OP(tile)                         \
  OP(top_k)                        \
  OP(transpose)                    \
  OP(trilu)                        \
  OP(unsqueeze)                    \
  OP(where)

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
