// A run of fine-tuning as a checkpoint, and back. For the command and for programs that train.
#pragma once

#include <string>

#include "train/checkpoint.h"
#include "train/fit.h"

namespace rondo::train {

// Everything the run needs to go on with the same bits. model, config: see Checkpoint.
Checkpoint snapshot(Trainer& trainer, const Fit& fit, std::string model, std::string config);

// Throws Error(state) when the checkpoint has other tensors than the run; then both may be half restored.
void restore(Trainer& trainer, Fit& fit, const Checkpoint& checkpoint);

}  // namespace rondo::train
