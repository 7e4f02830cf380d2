// A smoke test of a model's gradients: does the loss change by what they say when each trained tensor moves a little
// along its own? For `rondo finetune --check-grad`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "train/trainer.h"

namespace rondo::train {

struct GradientCheck {
  std::string alias;
  double gradient = 0;    // its norm: what the loss should change by along it
  double difference = 0;  // (loss ahead - loss behind) / distance
  double noise = 0;       // by how much the rounding of the losses may blur the difference
  bool ok() const noexcept;
};

// One line for each trained tensor, with the batch's loss as it is learned from. The weights are as before afterwards;
// nothing was gathered. Throws what Trainer::accumulate throws.
std::vector<GradientCheck> check_gradient(Trainer& trainer, const Feeds& feeds, std::span<const std::int64_t> samples);

}  // namespace rondo::train
