// Scores of models and baselines, and checks of gradients, as tables and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "train/check_gradient.h"
#include "train/judge.h"

namespace rondo::tool {

struct NamedScore {
  std::string name;
  train::Score score;  // a loss that is not finite is left out: a baseline has none
};

// A line for each, a column for the loss and each metric.
std::string text_of(const std::vector<NamedScore>& scores);
nlohmann::ordered_json document_of(const train::Metrics& metrics);

// A line for each tensor: the norm of its gradient, and the difference of the loss along it.
std::string text_of(const std::vector<train::GradientCheck>& checks);

}  // namespace rondo::tool
