// Other runtimes on this machine that Rondo can be measured beside.
#pragma once

#include <string>
#include <vector>

namespace rondo::tool {

struct ReferenceRuntime {
  std::string name, version, path;  // version "does not load" when it does not, "" when it cannot be asked
};

// RONDO_ORT names ONNX Runtime's library or its folder; else the usual folders are looked at.
std::vector<ReferenceRuntime> reference_runtimes();

}  // namespace rondo::tool
