// The backend of our own kernels: recurrent layers, products, convolutions and elementwise operators on AVX-512, AVX2
// or scalar code.
#pragma once

#include "backends/step/step.h"

namespace rondo {

std::span<const Candidate> native_candidates();

}  // namespace rondo
