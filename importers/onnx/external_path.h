// Opens a path below a folder so that nothing in the path, at any moment, can lead out of it. Used by the external data
// gate only.
#pragma once

#include <string>

#include "importers/onnx/file_descriptor.h"

namespace rondo::importer {

// Empty when `location` is a clean relative path; otherwise what is wrong with it.
std::string location_fault(const std::string& location);

struct BeneathOptions {
  bool allow_symlinks = false;   // they must still resolve below the folder
  bool without_openat2 = false;  // use the step by step walk, which never follows symlinks
};

// Opens for reading, without waiting on pipes. On failure the descriptor is empty and errno says why: ELOOP for a
// symlink, EXDEV for a path that leaves the folder.
FileDescriptor open_beneath(const std::string& folder, const std::string& location, const BeneathOptions& options);

}  // namespace rondo::importer
