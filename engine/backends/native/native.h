// The backend of our own kernels: RNN, LSTM, GRU and products on AVX-512, AVX2 or scalar code.
#pragma once

#include "backends/step/step.h"

namespace rondo {

std::span<const Candidate> native_candidates();

}  // namespace rondo
