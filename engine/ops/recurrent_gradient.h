// RNNGradient, LSTMGradient and GRUGradient, operators of Rondo's own domain: the exact gradient of a recurrent layer
// for every attribute, from what the layer kept in its workspace (ops/recurrent.h). For the rule that emits them, the
// scalar references and the backends. A step outside a row's length is not taken, so the padding of X gets zero, what
// stands in the padding of X and of the outputs' gradients reaches nothing, and a row of length 0 hands the gradients
// of its last states to the initial ones. Slopes at a kink and at the clip itself: recurrent_activation.h; the clip
// lets through what it does not change.
#pragma once

#include "ir/gradient.h"
#include "ops/recurrent.h"

namespace rondo::ops {

// Inputs: those of the layer, with the same numbers, then these. All three operators have all ports; initial_c, P and
// grad_Y_c are never there but for LSTM. A gradient that is absent is zero.
namespace recurrent_gradient_input {
enum : std::size_t { workspace = recurrent_input::count, grad_Y, grad_Y_h, grad_Y_c, count };
}
// Each of the shape of its input; all optional. The gradient of B is that of Wb, then that of Rb.
namespace recurrent_gradient_output {
enum : std::size_t { X, W, R, B, initial_h, initial_c, P, count };
}

// The input of the layer that an output is the gradient of.
inline constexpr std::array<std::size_t, recurrent_gradient_output::count> kGradientOf{
    recurrent_input::X,         recurrent_input::W,         recurrent_input::R, recurrent_input::B,
    recurrent_input::initial_h, recurrent_input::initial_c, recurrent_input::P};

// Whether the gradient of a float layer is computed in double, the layer itself again included: where a layer has so
// few units that a tensor of gradients may be one number, terms that cancel in it would show every rounding.
bool is_wide_gradient(DType dtype, std::int64_t H) noexcept;

// The gradient rule of RNN, LSTM and GRU: asks the layer for its workspace and emits its gradient.
void emit_recurrent_gradient(GradientContext& ctx);

// A declaration: the attributes of the layer, with the ports and the rules that all cells share.
OpDef recurrent_gradient_op(const OpDef& layer, void (*eval)(const EvalContext&));

}  // namespace rondo::ops
