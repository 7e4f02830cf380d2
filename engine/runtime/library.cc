// The shared library is made of the layers; it adds the version it was built as.
#include "rondo/version.h"

namespace rondo {

const char* version() noexcept { return RONDO_VERSION; }

}  // namespace rondo
