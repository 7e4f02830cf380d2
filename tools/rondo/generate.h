// Inputs that nobody gave: the same seed and name make the same tensor, whatever else is run and on any machine.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rondo/session.h"
#include "tools/rondo/dims.h"

namespace rondo::tool {

// Floating elements lie evenly in [-1, 1); integers and booleans are 0; every element is `lengths` when that is not
// negative.
Tensor generate(const TensorInfo& info, const std::vector<std::int64_t>& shape, std::uint64_t seed,
                std::int64_t lengths);

// For each input the length T its elements should have when it is the sequence_lens of a recurrent layer, else -1.
std::vector<std::int64_t> lengths_of_inputs(const Session& session, const ShapeChoice& choice);

}  // namespace rondo::tool
