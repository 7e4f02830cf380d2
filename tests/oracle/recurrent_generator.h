// Random configurations of RNN, LSTM and GRU: every attribute, optional input, dtype, opset, ragged lengths and sizes
// around the lane widths. A seed is a case forever and everywhere. For differential tests of the engine.
#pragma once

#include <cstdint>

#include "oracle/recurrent_case.h"

namespace rondo::oracle {

RecurrentCase draw(std::uint64_t seed);

}  // namespace rondo::oracle
