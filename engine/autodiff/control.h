// Gradient rules of the operators that hold graphs. What a body computed is computed again in the backward pass, from
// its inputs, its captures, and for Loop and Scan from the states at the beginning of each iteration, which the forward
// node keeps as sequences.
#pragma once

#include "ir/gradient.h"

namespace rondo::autodiff {

// If: another If on the same condition, whose branches are those of the node with their gradients.
void if_gradient(GradientContext& ctx);

// Loop and Scan: a Scan over the kept states from the last to the first, whose states are the gradients of the node's
// states, and sums for what is captured.
void iteration_gradient(GradientContext& ctx);

}  // namespace rondo::autodiff
