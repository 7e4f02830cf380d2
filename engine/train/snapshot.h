// A run of fine-tuning as a checkpoint, and back. For the command and for programs that train.
#pragma once

#include <string>

#include "train/checkpoint.h"
#include "train/fit.h"

namespace rondo::train {

// Everything the run needs to go on with the same bits. model, config: see Checkpoint.
Checkpoint snapshot(Trainer& trainer, const Fit& fit, std::string model, std::string config);

// Of these, what the trainer alone holds: weights, what the optimizer keeps, carried states.
void add_learned(Checkpoint& checkpoint, Trainer& trainer);
// Throws Error(state) when the checkpoint has other tensors.
void restore_learned(Trainer& trainer, const Checkpoint& checkpoint);

// Throws Error(state) when the checkpoint has other tensors than the run; then both may be half restored.
void restore(Trainer& trainer, Fit& fit, const Checkpoint& checkpoint);

}  // namespace rondo::train
