// Clipping of gradients, as torch.nn.utils.clip_grad_norm_ and clip_grad_value_. For the trainer.
#pragma once

#include <span>

#include "rondo/tensor.h"

namespace rondo::train {

// The Euclidean norm of all elements of all gradients (float32 or float64; views that are not present() count as
// nothing), summed in double in a fixed order. Not finite when an element is not.
double global_norm(std::span<const MutableTensorView> gradients);

// Scales the gradients by max_norm / (norm + 1e-6) where that is below 1, and gives the norm they had. A norm that is
// not finite leaves them as they are.
double clip_by_norm(std::span<const MutableTensorView> gradients, double max_norm);

// Every element to the nearest within [-limit, limit]. NaN stays.
void clip_by_value(std::span<const MutableTensorView> gradients, double limit);

// Every element times factor; for averages over what was accumulated.
void scale(std::span<const MutableTensorView> gradients, double factor);

}  // namespace rondo::train
