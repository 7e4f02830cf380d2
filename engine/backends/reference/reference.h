// The backend of last resort and of comparison: every operator's own scalar reference as a step.
#pragma once

#include "backends/step/step.h"

namespace rondo {

Candidate reference_candidate();  // takes every operator

}  // namespace rondo
