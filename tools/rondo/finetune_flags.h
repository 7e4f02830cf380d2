// The flags of `rondo finetune` that say how it learns, as the options of the engine's trainer.
#pragma once

#include <string>

#include "train/fit.h"

namespace CLI {
class App;
}

namespace rondo::tool {

struct LearningFlags {
  std::string optimizer = "adamw", schedule = "constant", initial_state = "zero";
  double lr = 1e-3;
  double weight_decay = -1, momentum = -1, beta1 = -1, beta2 = -1, epsilon = -1;  // negative: PyTorch's default
  bool nesterov = false;
  train::TrainerOptions trainer{};
  train::FitOptions fit{};
  double gamma = -1, min_lr = 0;
  std::int64_t step_size = 1, patience = 10;
};

void add_learning_flags(CLI::App& verb, LearningFlags& flags);

// Throws Error(usage) for numbers that make no sense, such as a learning rate below 0.
void finish(LearningFlags& flags);

}  // namespace rondo::tool
