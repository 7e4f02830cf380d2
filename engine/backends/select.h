// Chooses what runs a node: the first candidate of the ordered list that takes it, with the refusals of those before
// it.
#pragma once

#include "backends/step/step.h"

namespace rondo {

struct Selection {
  std::unique_ptr<Step> step;
  std::string backend;
  std::vector<std::string> refusals;  // "onednn: sequence_lens is given"
};

Selection select_step(const Lowering& at);

// The names --backend takes.
std::span<const std::string_view> backend_names();

}  // namespace rondo
