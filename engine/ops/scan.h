// The parts of a Scan, for its shape rule, the passes and the runtime.
//   inputs:       N states, M sequences        outputs:       N final states, K sequences
//   body inputs:  N states, M elements         body outputs:  N states, K elements
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace rondo::ops {

struct ScanSide {
  std::int64_t axis = 0;  // of the sequence, along which its elements lie; negative ones count from the back
  bool reverse = false;   // input: read from the last element on; output: each element is put before the others
};

struct ScanParts {
  std::size_t states = 0;
  std::vector<ScanSide> inputs, outputs;  // of sequences
  explicit ScanParts(const Node& node);
};

// The type of one element of a sequence of that type.
TensorType element_type(const TensorType& sequence, std::int64_t axis);

}  // namespace rondo::ops
