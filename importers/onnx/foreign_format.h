// Recognises files that are not ONNX by their first bytes, so that the error can say what was given instead.
#pragma once

#include <string_view>

namespace rondo::importer {

// Throws Error(model), or Error(unsupported) for compressed files, when the bytes are empty, blank or of a known other
// format. Returns for anything else.
void reject_foreign(std::string_view bytes);

}  // namespace rondo::importer
