// What the public TrainingOptions say, as the options of the trainer of this folder.
#pragma once

#include "rondo/trainer.h"
#include "train/feeds.h"
#include "train/trainer.h"

namespace rondo::train {

// Both throw Error(usage) for what names nothing or is out of range.
TrainerOptions trainer_options(const Session& session, const TrainingOptions& options);
FeedOptions feed_options(const Session& session, const TrainingOptions& options);

// Throws Error(usage) unless it is finite and at least 0.
void check_rate(double lr);

}  // namespace rondo::train
