#include "backends/native/native.h"

namespace rondo {

std::span<const Candidate> native_candidates() { return {}; }

}  // namespace rondo
