#include "backends/onednn/onednn.h"

#include <dnnl.hpp>

namespace rondo {

std::span<const Candidate> onednn_candidates() { return {}; }

std::string onednn_version() {
  const dnnl_version_t* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

}  // namespace rondo
