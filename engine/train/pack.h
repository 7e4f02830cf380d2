// The tensors of one batch: samples of a field side by side, shorter ones padded. For the trainer and `rondo eval`.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "importers/data/dataset.h"

namespace rondo::train {

struct PackOptions {
  std::int64_t batch_axis = 0;  // 0: [N,T,...]; 1: [T,N,...]. Samples without steps are [N,...] or [d,N,...]
  double padding = 0;           // what follows the last step of a shorter sample; ignore_index for classes
  // A window of every sample, for truncated backpropagation: its steps from first on, no more than steps.
  std::int64_t first = 0, steps = std::numeric_limits<std::int64_t>::max();
};

struct Packed {
  Tensor values;   // as long as the longest sample in the window
  Tensor lengths;  // int64 [N]: steps of each row inside the window; 1 for samples without steps
};

// Throws Error(usage) for a batch axis that a sample does not have.
Packed pack(const Field& field, std::span<const std::int64_t> samples, const PackOptions& options = {});

// How many rows, from the first, reach past each step. lengths: falling, as Batches sorts a batch.
std::vector<std::int64_t> active_rows(std::span<const std::int64_t> lengths);

}  // namespace rondo::train
