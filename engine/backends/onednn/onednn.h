// The backend of oneDNN: large products, and LSTM and RNN inference where it fits. The only folder that includes
// oneDNN.
#pragma once

#include "backends/step/step.h"

namespace rondo {

std::span<const Candidate> onednn_candidates();

// "2.6.3", for `rondo doctor`.
std::string onednn_version();

}  // namespace rondo
