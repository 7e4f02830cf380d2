// The version of the library that runs, for programs that were built against another one.
#pragma once

#include "rondo/export.h"

namespace rondo {

RONDO_API const char* version() noexcept;  // "0.1.0"

}  // namespace rondo
